import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A data folder of a test's own, with a PGlite that is empty and migrated. Copying it takes a second. */
export async function createDataDir(): Promise<string> {
  const dataDir = await createEmptyDataDir();
  await cp(inject('dataDirTemplate'), dataDir, { recursive: true });
  return dataDir;
}

/** For a server whose database is elsewhere. */
export function createEmptyDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'parlour-test-'));
}
