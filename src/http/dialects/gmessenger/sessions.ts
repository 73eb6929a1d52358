import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { parse as parseCookies } from 'hono/utils/cookie';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { SessionTerms } from '../../../chat/open-session.ts';
import { addSessionToken, findSessionToken, spendSessionToken } from '../../../chat/session-tokens.ts';
import { bearerToken } from '../../api/kit.ts';
import { clientAddress } from '../../client-address.ts';
import type { Knock } from '../dialect.ts';
import { OTP_SECONDS, SESSION_SECONDS } from './limits.ts';

const COOKIE = 'sessionToken';
const KIND = 'gmessenger';
const OTP_KIND = 'gmessenger-otp';

export interface NewToken {
  readonly token: string;
  readonly terms: SessionTerms;
}

export function newToken(): NewToken {
  const token = randomUUID();
  return {
    token,
    terms: {
      lastsSeconds: SESSION_SECONDS,
      alongside: (em, { id: sessionId, expiresAt }) =>
        addSessionToken(em, { kind: KIND, token, sessionId, expiresAt }),
    },
  };
}

export interface CookieJar {
  /** Where the cookie is sent: below the prefix, or everywhere on a port of our own. */
  readonly path: string;
  readonly secure: boolean;
}

/** Not HttpOnly: these clients read it in their scripts, and put it into the addresses of their sockets. */
export function giveCookie(c: Context, { path, secure }: CookieJar, token: string, expires: Date): void {
  setCookie(c, COOKIE, token, { path, expires, sameSite: 'Lax', secure });
}

export function takeCookie(c: Context, { path, secure }: CookieJar): void {
  deleteCookie(c, COOKIE, { path, secure, sameSite: 'Lax' });
}

/**
 * A cookie as one program printed it, and beside it the one name by which its successors read the token: this way
 * the clients of all three find what they look for.
 */
export function tokenBody(token: string, expires: Date): object {
  return {
    token,
    Name: COOKIE,
    Value: token,
    Path: '',
    Domain: '',
    Expires: expires.toISOString(),
    RawExpires: '',
    MaxAge: 0,
    Secure: false,
    HttpOnly: false,
    SameSite: 0,
    Raw: '',
    Unparsed: null,
  };
}

/** By the token in the header, which newer clients send, or else by the cookie. */
export async function callerOf(chat: Pick<Chat, 'database' | 'securityLog'>, c: Context): Promise<Caller> {
  const given = bearerToken(c.req.header('authorization')) ?? getCookie(c, COOKIE);
  const found = await findSessionToken(chat, KIND, given, { address: clientAddress(c) });
  if (found === undefined) throw notAuthenticated();
  return found.caller;
}

/** For sockets, which say it in their address. What stands there is asked before what a browser adds by itself. */
export async function callerAt(
  chat: Pick<Chat, 'database' | 'securityLog'>,
  { query, headers, address }: Knock,
): Promise<Caller> {
  const otp = query.get('otp');
  const given =
    query.get('token') ??
    bearerToken(headers.authorization) ??
    parseCookies(headers.cookie ?? '', COOKIE)[COOKIE];
  const found =
    otp !== null && !query.has('token')
      ? await spendSessionToken(chat, OTP_KIND, otp, { address })
      : await findSessionToken(chat, KIND, given, { address });
  if (found === undefined) throw notAuthenticated();
  return found.caller;
}

export async function newOtp(chat: Pick<Chat, 'database'>, { sessionId }: Caller): Promise<string> {
  const token = randomUUID();
  const expiresAt = new Date(Date.now() + OTP_SECONDS * 1_000);
  await chat.database.em
    .fork()
    .transactional((em) => addSessionToken(em, { kind: OTP_KIND, token, sessionId, expiresAt }));
  return token;
}

function notAuthenticated(): ChatError {
  return new ChatError('unauthenticated', 'not authenticated');
}
