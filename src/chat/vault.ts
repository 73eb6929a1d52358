import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export type VaultPurpose = 'totp' | 'oidc' | 'session-token';

export interface Opened {
  readonly text: string;
  /** Sealed with a secret that is on its way out: seal it again. */
  readonly outdated: boolean;
}

/**
 * Keeps what must be read again from whoever gets hold of the database alone. Sealed for one purpose and one
 * owner: moved to another row it does not open.
 */
export class Vault {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  seal(purpose: VaultPurpose, owner: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#keysFor(purpose)[0]!, iv);
    cipher.setAAD(Buffer.from(owner));
    const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** Undefined for what none of the secrets has sealed for this purpose and owner. */
  open(purpose: VaultPurpose, owner: string, sealed: string): Opened | undefined {
    for (const [index, key] of this.#keysFor(purpose).entries()) {
      const text = open(key, owner, Buffer.from(sealed, 'base64url'));
      if (text !== undefined) return { text, outdated: index > 0 };
    }
    return undefined;
  }

  /** The current one first, which seals; all of them open. */
  #keysFor(purpose: VaultPurpose): readonly Buffer[] {
    return this.#keys.derive(`parlour vault ${purpose}`);
  }
}

function open(key: Buffer, owner: string, sealed: Buffer): string | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
