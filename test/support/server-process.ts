import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface ServerProcess {
  readonly url: string;
  /** Everything that it has printed so far. */
  readonly output: () => string;
  /** Answers the exit code once it is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

const NODE = [process.execPath, 'src/main.ts'];
/** Deno from npm, as `npx deno` finds it. */
export const DENO = [resolve(ROOT, 'node_modules/.bin/deno'), 'run', '-A', 'src/main.ts'];

/** The server as a person starts it, in a process of its own; settles when it says that it listens. */
export async function startProcess(
  env: Environment,
  command: readonly string[] = NODE,
): Promise<ServerProcess> {
  const child = launch(env, command);
  let output = '';
  const listening = new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!output.includes('Ctrl-C')) return;
      const port = /listens on .*\(port (\d+)\)/.exec(output)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    child.once('exit', () => reject(new Error(`the server ended before it listened:\n${output}`)));
  });
  const exited = once(child, 'exit');
  const url = await listening;
  return {
    url,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** For a start that must fail. */
export async function runToTheEnd(env: Environment): Promise<Ended> {
  const child = launch(env, NODE);
  const printed = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, ...printed };
}

function launch(env: Environment, [command, ...parameters]: readonly string[]): ChildProcess {
  const child = spawn(command!, parameters, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killChild = (): void => void child.kill('SIGKILL');
  process.once('exit', killChild);
  child.once('exit', () => process.removeListener('exit', killChild));
  return child;
}
