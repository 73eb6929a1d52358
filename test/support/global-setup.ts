import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real PostgreSQL for this run; every test file makes databases of its own in it. */
    postgresUrl: string;
  }
}

/** What the tests need and a fresh machine does not have: brought up here, on a free port, and taken down. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ fsync: false });
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
