import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letBrokenTransactionsGo } from '../../src/entities/broken-transactions.ts';
import { type Database, openDatabase, query } from '../../src/entities/database.ts';
import { createTestDatabase } from '../support/test-database.ts';

const POOL_SIZE = 2;

describe('a database that goes away', () => {
  let database: Database;
  let other: Database;

  beforeAll(async () => {
    const url = await createTestDatabase();
    const open = () => openDatabase({ url, dataDir: '', poolSize: POOL_SIZE });
    [database, other] = [await open(), await open()];
  });
  afterAll(() => Promise.all([database.close(true), other.close(true)]));

  const breakConnections = () =>
    query(
      other.em.fork(),
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
      [],
    );

  it('takes no place in the pool with it, however many transactions it breaks', async () => {
    for (let n = 0; n < 2 * POOL_SIZE; n += 1) {
      const broken = database.em.fork().transactional(async (em) => {
        await query(em, 'select 1', []);
        await breakConnections();
        await query(em, 'select 1', []);
      });
      await expect(broken).rejects.toThrow();
    }
    expect(await query(database.em.fork(), 'select 1 as one', [])).toEqual([{ one: 1 }]);
  });

  it('lets nothing of a transaction happen that did not begin', async () => {
    const executed: string[] = [];
    const connection = {
      async executeQuery({ sql }: CompiledQuery) {
        if (sql === 'begin' || sql === 'rollback') throw new Error('the line is broken');
        executed.push(sql);
        return { rows: [] };
      },
    };
    await letBrokenTransactionsGo(connection);
    const execute = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql));
    await execute('begin');
    await expect(execute('delete from message')).rejects.toThrow('the line is broken');
    await expect(execute('commit')).rejects.toThrow('the line is broken');
    await execute('rollback');
    await execute('select 1');
    expect(executed).toEqual(['select 1']);
  });
});
