import { cpSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A data folder of a test's own, with a PGlite that is empty and migrated: a thousand files. */
export async function createDataDir(): Promise<string> {
  const dataDir = await createEmptyDataDir();
  putDatabaseInto(dataDir);
  return dataDir;
}

export function putDatabaseInto(emptyDataDir: string): void {
  // Half the work of the asynchronous one.
  cpSync(inject('dataDirTemplate'), emptyDataDir, { recursive: true });
}

/** For a server whose database is elsewhere. */
export function createEmptyDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'parlour-test-'));
}
