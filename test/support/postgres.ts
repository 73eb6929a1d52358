import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { guard } from './guard.ts';
import { end, initialise, launch, type Shutdown } from './postgres-program.ts';

export interface PostgresOptions {
  /** Off makes tests faster; on (the default) makes a commit mean what it means in production. */
  fsync?: boolean;
  maxConnections?: number;
  /** Stays after `stop` and is used again; without it a temporary folder. */
  kept?: { readonly directory: string; readonly password: string };
}

export interface Postgres {
  /** The `postgres` database of this server. */
  readonly url: string;
  /** The postmaster; its children are the connections. */
  readonly pid: number;
  /** Creates an empty database and answers its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** On the same port with the same data; `immediate` is a crash. */
  restart(how: Shutdown): Promise<void>;
  stop(): Promise<void>;
}

const LOG_LINES = 50;

/** A real PostgreSQL of this process alone: own port, own folder, gone with `stop` or with the process. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { kept } = options;
  const directory = kept?.directory ?? join(tmpdir(), `parlour-postgres-${randomBytes(6).toString('hex')}`);
  const password = kept?.password ?? randomBytes(12).toString('hex');
  const port = await freePort();
  const log: string[] = [];
  const onLog = (line: unknown): void => {
    log.push(String(line));
    if (log.length > LOG_LINES) log.shift();
  };
  const start = () => launch(['-D', directory, '-p', String(port), ...settings(options)], onLog);
  const removeData = async (): Promise<void> => {
    if (kept === undefined) await rm(directory, { recursive: true, force: true });
  };

  const guarding = guard(STOP, directory, kept === undefined ? 'remove' : 'keep');
  let postmaster: Awaited<ReturnType<typeof launch>>;
  try {
    if (!existsSync(join(directory, 'PG_VERSION'))) await initialise({ directory, password, onLog });
    postmaster = await start();
  } catch (error) {
    guarding.release();
    await removeData();
    throw new Error(`PostgreSQL did not start: ${String(error ?? 'it ended early')}\n${log.join('')}`);
  }

  const urlOf = (database: string): string =>
    `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
  const run = async (statement: string, name: string): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    await client.connect();
    try {
      await client.query(`${statement} ${pg.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  };
  return {
    url: urlOf('postgres'),
    get pid() {
      return postmaster.pid!;
    },
    async createDatabase(name) {
      await run('create database', name);
      return urlOf(name);
    },
    dropDatabase: (name) => run('drop database', name),
    async restart(how) {
      await end(postmaster, how);
      postmaster = await start();
    },
    async stop() {
      await end(postmaster, 'fast');
      guarding.release();
      await removeData();
    },
  };
}

function settings({ fsync, maxConnections = 200 }: PostgresOptions): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(maxConnections),
    ...(fsync === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Also when it never started: then there is no postmaster.pid. */
const STOP = `
  pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && kill -INT "$pid" 2>/dev/null
  for i in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/postmaster.pid" ] || break; sleep 0.3; done
  [ -e "$1/postmaster.pid" ] && kill -QUIT "$pid" 2>/dev/null && sleep 1
  [ "$2" = remove ] && rm -rf "$1"`;

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
