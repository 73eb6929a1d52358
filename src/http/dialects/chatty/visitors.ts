import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { isInLobby } from '../../../chat/lobby/enter-lobby.ts';
import type { SessionTerms } from '../../../chat/open-session.ts';
import { addSessionToken, findSessionToken } from '../../../chat/session-tokens.ts';
import { newToken } from '../../../chat/tokens.ts';
import { clientAddress } from '../../client-address.ts';
import type { DialectNeeds } from '../dialect.ts';
import { COOKIE_SECONDS } from './limits.ts';
import { Refusal } from './refusal.ts';

const COOKIE = 'chatty';
const TOKEN_KIND = 'chatty';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by `loggedOnly`. */
    chattyCaller: Caller;
  }
}

/** What the sessions of this dialect are like, with a token that goes into the cookie. */
export function newLogin(): { readonly token: string; readonly terms: SessionTerms } {
  const token = newToken();
  const alongside: SessionTerms['alongside'] = (em, { id: sessionId, expiresAt }) =>
    addSessionToken(em, { kind: TOKEN_KIND, token, sessionId, expiresAt });
  return { token, terms: { lastsSeconds: COOKIE_SECONDS, alongside } };
}

export function giveCookie(
  c: Context,
  token: string,
  { base, secure }: Pick<DialectNeeds, 'secure'> & { readonly base: string },
): void {
  setCookie(c, COOKIE, token, {
    path: base === '' ? '/' : base,
    maxAge: COOKIE_SECONDS,
    expires: new Date(Date.now() + COOKIE_SECONDS * 1_000),
    httpOnly: true,
    sameSite: 'Lax',
    secure,
  });
}

/** For those who have a cookie whose login is the last one of its user. */
export function loggedOnly(chat: Pick<Chat, 'database' | 'lobby' | 'securityLog'>): MiddlewareHandler {
  return async (c, next) => {
    const address = clientAddress(c);
    const found = await findSessionToken(chat, TOKEN_KIND, getCookie(c, COOKIE), { address });
    if (!found || !(await isInLobby(chat, found.caller))) throw new Refusal(401, 'user not logged in');
    c.set('chattyCaller', found.caller);
    await next();
  };
}
