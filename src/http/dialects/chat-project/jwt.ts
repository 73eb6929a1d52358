import { randomUUID } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { z } from 'zod';
import type { KeyRing } from '../../../chat/key-ring.ts';

export type TokenType = 'access' | 'refresh';

const claimsSchema = z.object({
  token_type: z.enum(['access', 'refresh']),
  exp: z.number(),
  user_id: z.uuid(),
});

export interface Claims {
  readonly type: TokenType;
  readonly userId: string;
  readonly expired: boolean;
}

/**
 * Tokens that their clients may look into. What a token is good for is not read from it: it is found by its hash,
 * with the session that it belongs to.
 */
export class Jwts {
  /** The current one first, which signs. */
  readonly #keys: readonly Uint8Array[];

  constructor(keys: Pick<KeyRing, 'derive'>) {
    this.#keys = keys.derive('parlour chat-project tokens');
  }

  make(type: TokenType, userId: string, expiresAt: Date): Promise<string> {
    const claims = {
      token_type: type,
      exp: Math.floor(expiresAt.getTime() / 1_000),
      iat: Math.floor(Date.now() / 1_000),
      jti: randomUUID().replaceAll('-', ''),
      user_id: userId,
    };
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(this.#keys[0]!);
  }

  /** What a token says that was signed here, expired or not, whatever has become of its session. */
  async read(token: string): Promise<Claims | undefined> {
    for (const key of this.#keys) {
      const verified = await compactVerify(token, key, { algorithms: ['HS256'] }).catch(() => undefined);
      if (verified === undefined) continue;
      const claims = claimsSchema.safeParse(parsed(new TextDecoder().decode(verified.payload)));
      if (!claims.success) return undefined;
      const { token_type: type, user_id: userId, exp } = claims.data;
      return { type, userId, expired: exp * 1_000 <= Date.now() };
    }
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
