import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;
const KEY_ID_BYTES = 6;

export interface SigningKey {
  /** Tells keys apart and says nothing about them. */
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * The server's secrets. The current one makes everything new; what was made with one of the others still counts,
 * so that a secret can be changed while people are signed in and nodes that know different ones run side by side.
 */
export class KeyRing {
  readonly #secrets: readonly Uint8Array[];
  /** The current one first. */
  readonly signing: readonly SigningKey[];

  constructor(current: Uint8Array, others: readonly Uint8Array[] = []) {
    this.#secrets = [current, ...others];
    const ids = this.derive('parlour key id', KEY_ID_BYTES);
    this.signing = this.#secrets.map((secret, index) => ({
      id: ids[index]!.toString('base64url'),
      key: createSecretKey(secret),
    }));
  }

  /** Keys for one purpose, which tell nothing of those for another: one for each secret, the current one first. */
  derive(purpose: string, bytes = KEY_BYTES): readonly Buffer[] {
    return this.#secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes)));
  }
}
