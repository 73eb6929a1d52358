import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { guard } from './guard.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const START_MS = 60_000;

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything that it has printed so far. */
  readonly output: () => string;
  /** Settles with the exit code once it is gone, however it ended; null after a signal that it did not hear. */
  readonly ended: Promise<number | null>;
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
  onOutput: (text: string) => void = () => {},
): Promise<ServerProcess> {
  const child = launch(env, command);
  let output = '';
  const ended = once(child, 'exit').then(([code]): number | null => code);
  const listening = new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      const text = chunk.toString();
      output += text;
      onOutput(text);
      if (!output.includes('Ctrl-C')) return;
      const port = /listens on .*\(port (\d+)\)/.exec(output)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    // All that it printed is there with 'close', not yet with 'exit'.
    child.once('close', () => reject(new Error(`the server ended before it listened:\n${output}`)));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const url = await listening.finally(() => clearTimeout(timer));
  return {
    url,
    pid: child.pid!,
    output: () => output,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
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
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      HOST: '127.0.0.1',
      // Everybody comes from the same address.
      LIMITS: 'off',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C on the terminal is for whoever started it, who decides what ends first.
    detached: true,
  });
  const guarding = guard('kill -KILL "$1" 2>/dev/null', String(child.pid));
  child.once('exit', () => guarding.release());
  return child;
}
