import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate, openDatabase } from '../../src/entities/database.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { MIGRATED_DATABASE } from './templates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real PostgreSQL for this run; every test file makes databases of its own in it. */
    postgresUrl: string;
    /** A data folder with an empty, migrated PGlite: copying it takes a moment, making one takes seconds. */
    dataDirTemplate: string;
  }
}

/** What the tests need and a fresh machine does not have: brought up here, on a free port, and taken down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, template] = await Promise.all([createPostgres(), createTemplate()]);
  project.provide('postgresUrl', postgres.url);
  project.provide('dataDirTemplate', template);
  return async () => {
    await postgres.stop();
    await rm(template, { recursive: true, force: true });
  };
}

async function createPostgres(): Promise<Postgres> {
  const postgres = await startPostgres({ fsync: false });
  const url = await postgres.createDatabase(MIGRATED_DATABASE);
  const options = { url, dataDir: '', poolSize: 2 };
  const database = await openDatabase(options);
  await migrate(database, options);
  await database.close(true);
  return postgres;
}

async function createTemplate(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parlour-template-'));
  const options = { url: undefined, dataDir, poolSize: 1 };
  const database = await openDatabase(options);
  await migrate(database, options);
  await database.close(true);
  return dataDir;
}
