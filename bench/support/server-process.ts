import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const startLimitMs = 60_000;
const stopLimitMs = 15_000;
const logLimit = 8_000;

export interface ServerOptions {
  /** Path of the script, from the project's folder. */
  script: string;
  port: number;
  env: Record<string, string>;
  /** Any 2xx answer at one of these says that the server is ready. */
  readyAt: string[];
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// Without a listener of ours a signal ends this process without the 'exit' event above.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

/** A server in a process of its own, so that its processor time and memory are its own. */
export class ServerProcess {
  readonly url: string;
  readonly #options: ServerOptions;
  #child: ChildProcess;
  #log = '';

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${options.port}`;
    this.#child = this.#spawn();
  }

  static async start(options: ServerOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    await server.#ready();
    return server;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The end of what it printed: the first thing to read when something went wrong. */
  get log(): string {
    return this.#log;
  }

  /** Ends it as a power cut would: nothing runs in it after this. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts it again on the same port with the same data. */
  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.#ready();
  }

  async stop(): Promise<void> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs);
    await this.#end('SIGTERM');
    clearTimeout(deadline);
  }

  /** Collects the server's garbage (see gc-hook.ts) and waits until that has shown in its memory. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      this.#child.kill('SIGWINCH');
      await sleep(1000);
    }
  }

  #spawn(): ChildProcess {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const hook = fileURLToPath(new URL('gc-hook.ts', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', '--import', hook, this.#options.script], {
      cwd: root,
      env: { ...cleanEnvironment(), ...this.#options.env, PORT: String(this.#options.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const remember = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString()).slice(-logLimit);
    };
    child.stdout!.on('data', remember);
    child.stderr!.on('data', remember);
    return child;
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + startLimitMs;
    while (performance.now() < deadline && this.#child.exitCode === null) {
      for (const path of this.#options.readyAt) {
        const answer = await fetch(this.url + path).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer?.ok) return;
      }
      await sleep(50);
    }
    this.#child.kill('SIGKILL');
    throw new Error(`${this.#options.script} did not start. It printed:\n${this.#log}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** What happens to be set in the caller's shell must not decide how the measured server runs. */
function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER', 'NODE_COMPILE_CACHE'];
  const values = kept.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(values.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
