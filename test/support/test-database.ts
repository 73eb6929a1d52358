import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { MIGRATED_DATABASE } from './templates.ts';

/** An empty, migrated database of its own in the PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`create database ${name} template ${MIGRATED_DATABASE}`);
  } finally {
    await client.end();
  }
  url.pathname = `/${name}`;
  return url.href;
}
