import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asUnavailable } from '../../src/chat/unavailable.ts';
import { type Database, openDatabase, query } from '../../src/entities/database.ts';
import { type Line, openLine } from '../support/line.ts';
import { createTestDatabase } from '../support/test-database.ts';

const POOL_SIZE = 2;
const patience = { connectMs: 500, statementMs: 300, silenceMs: 600 };

describe('a database that', () => {
  let line: Line;
  let database: Database;

  beforeAll(async () => {
    line = await openLine(await createTestDatabase());
    database = await openDatabase({ url: line.url, dataDir: '', poolSize: POOL_SIZE, patience });
  });
  afterAll(async () => {
    line.heal();
    await database.close(true);
    line.close();
  });

  const ask = (text = 'select 1 as one') => query<{ one: number }>(database.em.fork(), text, []);
  const connections = () => ask('select pg_backend_pid() as one');
  const refusals = async (asked: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(asked)).map((outcome) =>
      outcome.status === 'rejected' ? asUnavailable(outcome.reason)?.code : 'answered',
    );

  it('falls silent keeps nobody waiting for ever, and is used again when it is back', async () => {
    expect(await Promise.all([ask(), ask()])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
    line.silence();
    // The first two have a connection each; the others wait for one, or make one that hears nothing.
    const asked = Array.from({ length: 2 * POOL_SIZE }, () => ask());
    expect(await refusals(asked)).toEqual(asked.map(() => 'unavailable'));
    const inTransaction = database.em.fork().transactional((em) => query(em, 'select 1', []));
    expect(await refusals([inTransaction])).toEqual(['unavailable']);
    line.heal();
    await expect.poll(() => ask().catch(() => 'not yet')).toEqual([{ one: 1 }]);
    expect(await Promise.all(Array.from({ length: 2 * POOL_SIZE }, () => ask()))).toHaveLength(2 * POOL_SIZE);
  });

  it('takes too long over a statement is told to stop, and the connection stays good', async () => {
    const before = await connections();
    expect(await refusals([ask('select pg_sleep(30)::text as one')])).toEqual(['unavailable']);
    expect(await connections()).toEqual(before);
  });

  it('says nothing because nothing was asked keeps its connection', async () => {
    const before = await connections();
    // Over another one, and longer than the first may be silent.
    const other = await openDatabase({ url: line.url, dataDir: '', poolSize: 1 });
    await query(other.em.fork(), 'select pg_sleep(1)', []);
    await other.close(true);
    expect(await connections()).toEqual(before);
  });
});
