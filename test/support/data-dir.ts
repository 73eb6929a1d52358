import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A data folder of a test's own, with a database that is empty and migrated. */
export async function createDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parlour-test-'));
  await cp(inject('dataDirTemplate'), dataDir, { recursive: true });
  return dataDir;
}
