import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/entities/database.ts';
import { query } from '../../src/entities/database.ts';

/** So many people with an account, written at once: signing thousands up one by one takes longer than the test. */
export async function crowd(database: Database, size: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    database.em.fork(),
    `insert into "user" (id, username, created_at)
     select gen_random_uuid(), $1 || n, now() from generate_series(1, $2::int) n returning id`,
    [`crowd-${randomUUID().slice(0, 8)}-`, size],
  );
  return rows.map((row) => row.id);
}
