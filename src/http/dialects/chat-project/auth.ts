import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from '../../../chat/authenticate.ts';
import { clientAddress } from '../../client-address.ts';
import type { Tokens } from './tokens.ts';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="api"' };

const NOTHING = { detail: 'Authentication credentials were not provided.' };
const NO_TOKEN = {
  detail: 'Authorization header must contain two space-delimited values',
  code: 'bad_authorization_header',
};
const NO_GOOD = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' }],
};

/** The token of `Authorization: Bearer`; null for a header of this kind that has none. */
export function bearerOf(header: string | undefined): string | null | undefined {
  const [type, token, ...more] = (header ?? '').trim().split(/\s+/);
  if (type?.toLowerCase() !== 'bearer') return undefined;
  return more.length === 0 ? (token ?? null) : null;
}

/** After `signedIn`. */
export function callerOf(c: Context): Caller {
  return c.get('caller');
}

export function signedIn(tokens: Tokens): MiddlewareHandler {
  return async (c, next) => {
    const token = bearerOf(c.req.header('authorization'));
    if (token === undefined) return c.json(NOTHING, 401, CHALLENGE);
    if (token === null) return c.json(NO_TOKEN, 401, CHALLENGE);
    const found = await tokens.find('access', token, clientAddress(c));
    if (found === undefined) return c.json(NO_GOOD, 401, CHALLENGE);
    c.set('caller', found.caller);
    await next();
  };
}

/**
 * Where one comes for a new access token: without the old one, or with one that has expired, however much the old
 * server's description asks for a good one. Only what was never ours is refused.
 */
export function signedInOnce(tokens: Tokens): MiddlewareHandler {
  return async (c, next) => {
    const token = bearerOf(c.req.header('authorization'));
    if (token === null) return c.json(NO_TOKEN, 401, CHALLENGE);
    if (token !== undefined && (await tokens.read(token))?.type !== 'access')
      return c.json(NO_GOOD, 401, CHALLENGE);
    await next();
  };
}
