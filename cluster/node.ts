import type { Line } from '../test/support/line.ts';
import { type ServerProcess, startProcess } from '../test/support/server-process.ts';

export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Its own way to NATS, to be cut; undefined when it goes there directly. */
  readonly nats: Line | undefined;
  readonly onOutput: (name: string, text: string) => void;
}

/** Longer than a node takes for itself, so that it is only killed when it hangs. */
const STOP_MS = 20_000;

/** One server of the cluster, in a process of its own. It keeps its name, port and folder over a restart. */
export class Node {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly nats: Line | undefined;
  readonly #options: NodeOptions;
  #process: ServerProcess | undefined;
  #output = '';

  constructor(options: NodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.port = options.port;
    this.url = `http://127.0.0.1:${options.port}`;
    this.nats = options.nats;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Of the process that runs now. */
  get pid(): number {
    if (this.#process === undefined) throw new Error(`${this.name} does not run`);
    return this.#process.pid;
  }

  /** Everything that it has printed, over all its restarts. */
  output(): string {
    return this.#output;
  }

  /** Settles when it listens. */
  async start(): Promise<void> {
    const { port, env } = this.#options;
    const started = await startProcess({ ...env, PORT: String(port) }, undefined, (text) => this.#hear(text));
    this.#process = started;
    void started.ended.then((code) => {
      if (this.#process === started) this.#process = undefined;
      this.#hear(code === null ? 'was killed\n' : `ended with exit code ${code}\n`);
    });
  }

  /** Asks it to go and answers its exit code; null when it had to be killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const running = this.#process;
    if (running === undefined) return null;
    const deadline = setTimeout(() => void running.stop('SIGKILL'), STOP_MS);
    const code = running.stop(signal);
    // Paused, it would not hear of it.
    this.resume();
    return await code.finally(() => clearTimeout(deadline));
  }

  /** As a crash: nothing runs in it after this. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
  }

  /** It hangs: its connections stay, and nobody answers on them. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #hear(text: string): void {
    this.#output += text;
    this.#options.onOutput(this.name, text);
  }
}
