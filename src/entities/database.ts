import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type AbstractSqlDriver, type SqlEntityManager, SqlMikroORM } from '@mikro-orm/sql';
import { CompiledQuery } from 'kysely';
import { letBrokenTransactionsGo } from './broken-transactions.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';
import { letSilentConnectionsGo } from './silent-connections.ts';

export type EntityManager = SqlEntityManager<AbstractSqlDriver>;
export type Database = SqlMikroORM<AbstractSqlDriver, EntityManager>;

export interface DatabaseOptions {
  /** `postgres://…`; without it PGlite keeps everything in a folder. */
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly poolSize: number;
  /** Undefined waits for ever. */
  readonly patience?: Patience | undefined;
}

/** How long PostgreSQL may take. */
export interface Patience {
  /** To let us in, or until a connection of the pool is free. */
  readonly connectMs: number;
  /** For one statement, after which it ends it itself. */
  readonly statementMs: number;
  /** Not to say anything at all. */
  readonly silenceMs: number;
}

/** For serving people: far above what any statement of ours takes, pages of an export included. */
export const PATIENCE: Patience = { connectMs: 10_000, statementMs: 20_000, silenceMs: 25_000 };

/** Any number will do, as long as every node uses the same. */
const MIGRATION_LOCK = 7_265_817;
/** One holds the lock, one migrates. */
const CONNECTIONS_TO_MIGRATE = 2;

/**
 * PostgreSQL ends the transaction of a node that says nothing for so long: one that was stopped halfway holds
 * locks that the others wait for, and would later commit what carries an old time.
 */
const SILENT_TRANSACTION_MS = 5_000;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const common = {
    entities,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true, tableName: 'migration' },
    discovery: { warnWhenNoEntities: false, checkDuplicateTableNames: true },
    // Commands fork their own entity manager; sharing the global one would mix people's changes.
    allowGlobalContext: false,
  };
  if (options.url !== undefined) {
    return SqlMikroORM.init<AbstractSqlDriver, EntityManager>({
      ...common,
      driver: PostgreSqlDriver,
      clientUrl: options.url,
      pool: { min: 0, max: options.poolSize },
      driverOptions: { idle_in_transaction_session_timeout: SILENT_TRANSACTION_MS, ...limitsOf(options) },
      onCreateConnection: letBrokenTransactionsGo,
    });
  }
  const folder = join(options.dataDir, 'pglite');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return SqlMikroORM.init<AbstractSqlDriver, EntityManager>({
    ...common,
    driver: PgliteDriver,
    dbName: folder,
  });
}

/** Without anything under way it takes a moment. */
const CLOSE_MS = 2_000;

/**
 * For the end of the process, when all that matters is written. A statement that begins at this very moment could hold
 * it up for ever: Kysely, which is just being closed, loses the new connection and waits until it is given back.
 */
export async function closeDatabase(database: Database): Promise<void> {
  const patience = new AbortController();
  const closed = database.close(true).finally(() => patience.abort());
  await Promise.race([closed, delay(CLOSE_MS, undefined, { signal: patience.signal }).catch(() => closed)]);
}

function limitsOf({ patience }: DatabaseOptions): object {
  if (patience === undefined) return {};
  const { connectMs, statementMs, silenceMs } = patience;
  return {
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    onPoolCreated: (pool: Parameters<typeof letSilentConnectionsGo>[0]) =>
      letSilentConnectionsGo(pool, silenceMs),
  };
}

/**
 * Runs what has not run yet. Nodes that start together wait for the first one to finish, and a large table takes its
 * time: so PostgreSQL is asked over connections of their own, which wait for ever.
 */
export async function migrate(
  database: Database,
  { patience: _, ...options }: DatabaseOptions,
): Promise<void> {
  if (options.url === undefined) {
    await database.migrator.up();
    return;
  }
  const patient = await openDatabase({ ...options, poolSize: CONNECTIONS_TO_MIGRATE });
  try {
    await migrateInTurn(patient);
  } finally {
    await patient.close(true);
  }
}

async function migrateInTurn(database: Database): Promise<void> {
  const kysely = database.em.getConnection().getClient();
  await kysely.connection().execute(async (connection) => {
    await connection.executeQuery(CompiledQuery.raw('select pg_advisory_lock($1)', [MIGRATION_LOCK]));
    try {
      await database.migrator.up();
    } finally {
      await connection.executeQuery(CompiledQuery.raw('select pg_advisory_unlock($1)', [MIGRATION_LOCK]));
    }
  });
}

/**
 * A query with real bound parameters, inside the entity manager's transaction if it has one. MikroORM's own
 * `execute` writes parameters into the text and turns an array into a comma list; the batches need arrays.
 */
export async function query<Row>(em: EntityManager, text: string, parameters: unknown[]): Promise<Row[]> {
  const executor =
    em.getTransactionContext<ReturnType<ReturnType<EntityManager['getConnection']>['getClient']>>() ??
    em.getConnection().getClient();
  const result = await executor.executeQuery<Row>(CompiledQuery.raw(text, parameters));
  return result.rows;
}

/**
 * The database's clock, in a transaction once its locks are held. Nodes find out what they missed by comparing
 * times, and only this clock is the same for all of them.
 */
export async function databaseNow(em: EntityManager): Promise<Date> {
  const [row] = await query<{ ms: number }>(
    em,
    `select extract(epoch from date_trunc('milliseconds', clock_timestamp()))::float8 * 1000 as ms`,
    [],
  );
  return new Date(row!.ms);
}

/** PostgreSQL's error code (`23505` is a unique violation), whichever driver threw. */
export function sqlState(error: unknown): string | undefined {
  let current = error;
  while (current instanceof Error) {
    const code = (current as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
    current = current.cause;
  }
  return undefined;
}
