import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Secrets {
  readonly jwt: string;
  readonly postgres: string;
  readonly nats: string;
}

/** 32 characters, as many bytes as JWT_SECRET must have at least. */
const SECRET_BYTES = 24;

export function makeSecrets(): Secrets {
  const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
  return { jwt: secret(), postgres: secret(), nats: secret() };
}

/** Those of the last time, so that a password still opens the database and a token still opens an account. */
export async function keptSecrets(directory: string): Promise<Secrets> {
  const file = join(directory, 'secrets.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secrets = makeSecrets();
  // Written aside first: half a file of secrets would lock everybody out.
  await writeFile(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}
