import pg from 'pg';
import { createTestDatabase } from './test-database.ts';

export interface MovableClock {
  readonly databaseUrl: string;
  /** The database's clock jumps ahead, as if so much time had passed, or as if the nodes' clocks were behind. */
  advance(ms: number): Promise<void>;
  /** One statement, by the same clock: for what a test finds easier to write down than to wait for. */
  write(statement: string): Promise<pg.QueryResult>;
}

/** A database whose clock a test moves instead of waiting: its own `now()` comes before PostgreSQL's. */
export async function createMovableClock(): Promise<MovableClock> {
  const databaseUrl = await createTestDatabase();
  const name = new URL(databaseUrl).pathname.slice(1);
  const write = async (statement: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return client.query(statement).finally(() => client.end());
  };
  const run = async (...statements: string[]): Promise<void> => {
    for (const statement of statements) await write(statement);
  };
  const moved = (clock: string): string => `
    create function moved.${clock}() returns timestamptz language sql volatile as
    'select pg_catalog.${clock}() + ms * interval ''1 ms'' from moved.ahead'`;
  await run(
    'create schema moved',
    'create table moved.ahead as select 0::float8 as ms',
    moved('now'),
    moved('clock_timestamp'),
    `alter database ${name} set search_path = public, moved, pg_catalog`,
  );
  return { databaseUrl, advance: (ms) => run(`update moved.ahead set ms = ms + ${ms}`), write };
}
