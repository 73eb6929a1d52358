import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

const SECRET_BYTES = 32;

/** What signs the tokens: given, or made once and kept in the data folder for its owner's eyes only. */
export async function loadSecret(given: string | undefined, dataDir: string): Promise<Uint8Array> {
  if (given !== undefined) return new TextEncoder().encode(given);
  const file = join(dataDir, 'secret');
  const secret = (await readIfThere(file)) ?? (await generate(file));
  if (secret.length < SECRET_BYTES)
    throw new StartError(`${file}: too short to be a secret; delete it for a new one`);
  return secret;
}

async function generate(file: string): Promise<Uint8Array> {
  // Written aside and linked, so that nobody ever reads half a secret and the first of two starters wins.
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, randomBytes(SECRET_BYTES).toString('hex'), { mode: 0o600 });
  await link(aside, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(aside);
  return (await readIfThere(file)) ?? generate(file);
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
