import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Nats, startNats } from '../../test/support/nats.ts';
import { freePort, type Postgres, startPostgres } from '../../test/support/postgres.ts';
import { inParallel } from './parallel.ts';
import { ParlourTarget } from './parlour-target.ts';
import { cpuSeconds, cpuSecondsOfFamily, residentBytes } from './proc.ts';
import { ReferenceTarget } from './reference-target.ts';
import { ServerProcess } from './server-process.ts';
import type { Meter, Target } from './target.ts';

export interface LabOptions {
  database: 'postgres' | 'pglite';
  client: 'raw' | 'sdk';
  /** A server that somebody else runs, instead of a child process. */
  url?: string;
  /** More environment for Parlour. */
  env?: Record<string, string>;
  /** More than one need PostgreSQL, and get a NATS. */
  nodes?: number;
}

export interface ParlourChild {
  target: ParlourTarget;
  /** The first node. */
  server: ServerProcess;
}

/** Data of servers that are running; an interrupted run takes it away too. */
const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts what is measured, each time on fresh data, and takes it away again. */
export class Lab {
  readonly #options: LabOptions;
  readonly #postgres: Postgres | undefined;
  #databases = 0;

  private constructor(options: LabOptions, postgres: Postgres | undefined) {
    this.#options = options;
    this.#postgres = postgres;
  }

  static async open(options: LabOptions): Promise<Lab> {
    const needed = options.database === 'postgres' && !options.url;
    return new Lab(options, needed ? await startPostgres() : undefined);
  }

  get canCompare(): boolean {
    return this.#postgres !== undefined;
  }

  async start(subject: 'parlour' | 'reference'): Promise<Target> {
    if (subject === 'reference') return await this.#startReference();
    if (this.#options.url) {
      return new ParlourTarget([this.#options.url], {
        client: this.#options.client,
        log: () => '',
        stop: async () => {},
      });
    }
    return (await this.startParlour()).target;
  }

  async startParlour(): Promise<ParlourChild> {
    const folder = await mkdtemp(join(tmpdir(), 'parlour-bench-'));
    folders.add(folder);
    const database = await this.#freshDatabase();
    const { nodes = 1 } = this.#options;
    const nats = nodes > 1 ? await startNats() : undefined;
    const secret = randomBytes(32).toString('hex');
    const ports = await inParallel([...Array(nodes).keys()], 1, () => freePort());
    const servers = await inParallel(ports, nodes, (port, index) =>
      ServerProcess.start({
        script: 'src/main.ts',
        port,
        readyAt: ['/api/v1/health', '/health'],
        env: {
          NODE_ENV: 'production',
          HOST: '127.0.0.1',
          LOG_LEVEL: 'warn',
          // All the load comes from one address, and says more than people do.
          LIMITS: 'off',
          DATA_DIR: join(folder, `n${index + 1}`),
          ...(database && { DATABASE_URL: database.url }),
          ...(nats && { NATS_URL: nats.url, NODE_ADDRESS: `127.0.0.1:${port}`, JWT_SECRET: secret }),
          ...this.#options.env,
        },
      }),
    );
    const stop = async (): Promise<void> => {
      await Promise.all(servers.map((server) => server.stop()));
      await nats?.stop();
      await rm(folder, { recursive: true, force: true });
      folders.delete(folder);
      await database?.drop();
    };
    const target = new ParlourTarget(
      servers.map(({ url }) => url),
      {
        client: this.#options.client,
        meter: this.#meter(servers, nats),
        log: () => servers.map(({ log }) => log).join('\n'),
        stop,
      },
    );
    return { target, server: servers[0]! };
  }

  async close(): Promise<void> {
    await this.#postgres?.stop();
  }

  async #startReference(): Promise<Target> {
    const database = await this.#freshDatabase();
    if (!database) throw new Error('the reference needs PostgreSQL');
    const server = await ServerProcess.start({
      script: 'bench/reference/server.ts',
      port: await freePort(),
      readyAt: ['/'],
      env: { NODE_ENV: 'production', DATABASE_URL: database.url },
    });
    const stop = async (): Promise<void> => {
      await server.kill();
      await database.drop();
    };
    return new ReferenceTarget(server.url, database.url, {
      meter: this.#meter([server]),
      log: () => server.log,
      stop,
    });
  }

  async #freshDatabase(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
    const postgres = this.#postgres;
    if (!postgres) return undefined;
    const name = `bench_${++this.#databases}`;
    const url = await postgres.createDatabase(name);
    // The round before must not be paid for in this one.
    const connection = new pg.Client({ connectionString: postgres.url });
    await connection.connect();
    await connection.query('checkpoint');
    await connection.end();
    return { url, drop: () => postgres.dropDatabase(name) };
  }

  #meter(servers: readonly ServerProcess[], nats?: Nats): Meter {
    const postgres = this.#postgres;
    return {
      server: () => sum(servers.map(({ pid }) => cpuSeconds(pid))),
      ...(postgres && { database: () => cpuSecondsOfFamily(postgres.pid) }),
      ...(nats && { bus: () => cpuSeconds(nats.pid) }),
      async quietMemory() {
        await Promise.all(servers.map((server) => server.quiet()));
        return sum(servers.map(({ pid }) => residentBytes(pid)));
      },
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
