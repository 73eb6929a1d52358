import { compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { findSessionToken, openSealed } from '../../../chat/session-tokens.ts';
import { ACCESS_KEY } from './keys.ts';

const ALGORITHMS = ['HS256', 'HS384', 'HS512'];

/** Seconds since 1970. A client may say when its token begins and ends, and need not. */
const claims = z.looseObject({ exp: z.number().optional(), nbf: z.number().optional() });

/**
 * The client signs its tokens itself, with the secret half of its key pair, and names the other half in the token's
 * header. It may use one for as long as it likes; what ends is the key.
 */
export async function authenticate(
  chat: Pick<Chat, 'database' | 'vault' | 'securityLog'>,
  token: string | undefined,
  address: string | undefined,
): Promise<Caller> {
  const found = await findSessionToken(chat, ACCESS_KEY, accessKeyOf(token), {
    address,
    async isProven(key) {
      const secret = await openSealed(chat, key);
      return secret !== undefined && (await isSignedWith(secret, token!));
    },
  });
  if (found === undefined) throw new ChatError('unauthenticated', 'sign in first');
  return found.caller;
}

/** Undefined for whatever names no key. */
function accessKeyOf(token: string | undefined): string | undefined {
  try {
    const { access_key: accessKey } = decodeProtectedHeader(token ?? '') as { access_key?: unknown };
    return typeof accessKey === 'string' ? accessKey : undefined;
  } catch {
    return undefined;
  }
}

async function isSignedWith(secret: string, token: string): Promise<boolean> {
  const key = new TextEncoder().encode(secret);
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ALGORITHMS });
    const { exp = Infinity, nbf = 0 } = claims.parse(JSON.parse(new TextDecoder().decode(payload)));
    const now = Date.now() / 1_000;
    return nbf <= now && now < exp;
  } catch {
    return false;
  }
}
