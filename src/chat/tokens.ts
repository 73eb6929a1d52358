import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { CompactSign, compactVerify, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Caller } from './authenticate.ts';
import type { KeyRing, SigningKey } from './key-ring.ts';
import { ACCESS_TOKEN_SECONDS, DEVICE_TOKEN_SECONDS } from './limits.ts';

const ISSUER = 'parlour';
const TOKEN_BYTES = 32;

/** What a token is for, and for how many seconds: one made for one purpose is nothing to the other. */
export const TOKEN_SECONDS = {
  access: ACCESS_TOKEN_SECONDS,
  monitor: 8 * 60 * 60,
  /** Says only that a device has been signed in; it outlives its session and opens nothing. */
  device: DEVICE_TOKEN_SECONDS,
} as const;
export type TokenPurpose = keyof typeof TOKEN_SECONDS;

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid() });

/** Keeps a signed text from being taken for a token of another kind. */
const SIGNED = { alg: 'HS256', typ: 'seat' } as const;

/** Makes and reads the tokens that stand for a session. */
export class Tokens {
  readonly #keys: readonly SigningKey[];

  constructor({ signing }: Pick<KeyRing, 'signing'>) {
    this.#keys = signing;
  }

  issue(purpose: TokenPurpose, { userId, sessionId }: Caller): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const { id, key } = this.#keys[0]!;
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256', kid: id })
      .setIssuer(ISSUER)
      .setAudience(purpose)
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_SECONDS[purpose])
      .sign(key);
  }

  /** Undefined for whatever is not an unexpired token of ours for this purpose. Says nothing about its session. */
  async verify(purpose: TokenPurpose, token: string): Promise<Caller | undefined> {
    const verified = await jwtVerify(token, ({ kid }) => this.#keyOf(kid), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: purpose,
      requiredClaims: ['exp'],
    }).catch(() => undefined);
    const claims = claimsSchema.safeParse(verified?.payload);
    return claims.success ? { userId: claims.data.sub, sessionId: claims.data.sid } : undefined;
  }

  /**
   * A short text that nobody else could have written; its reader asks what has become of its session. It does not
   * name its key, for which there is no room where it is used.
   */
  sign(text: string): Promise<string> {
    const { key } = this.#keys[0]!;
    return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(SIGNED).sign(key);
  }

  /** Undefined for what was not signed here, or was signed for something else. */
  async read(signed: string): Promise<string | undefined> {
    for (const { key } of this.#keys) {
      const verified = await compactVerify(signed, key, { algorithms: ['HS256'] }).catch(() => undefined);
      if (verified === undefined) continue;
      return verified.protectedHeader.typ === SIGNED.typ
        ? new TextDecoder().decode(verified.payload)
        : undefined;
    }
    return undefined;
  }

  #keyOf(id: string | undefined): KeyObject {
    const found = this.#keys.find((key) => key.id === id);
    if (found === undefined) throw new Error('a key that is not (or no longer) ours');
    return found.key;
  }
}

/** A secret for somebody's safekeeping: a refresh token, a link in a mail. */
export function newToken(bytes = TOKEN_BYTES): string {
  return randomBytes(bytes).toString('base64url');
}

/** Only this is kept. The token is random, so a fast hash without salt is enough. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
