import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { parse as parseCookies } from 'hono/utils/cookie';
import type { Chat } from '../../../chat/chat.ts';
import type { SessionTerms } from '../../../chat/open-session.ts';
import { prolongSessionToken } from '../../../chat/prolong-session-token.ts';
import { addSessionToken, type FoundToken, findSessionToken } from '../../../chat/session-tokens.ts';
import { newToken } from '../../../chat/tokens.ts';
import { clientAddress } from '../../client-address.ts';

const KIND = 'gnw';
const COOKIE = 'opaque_token';
/** As the original's server named its own. */
const OLD_COOKIE = 'JWT';
/** Seven days from the last use. */
const LASTS_SECONDS = 7 * 24 * 60 * 60;

export interface NewToken {
  readonly token: string;
  /** What makes it a token of the session that opens. */
  readonly terms: SessionTerms;
}

export function newOpaqueToken(): NewToken {
  const token = newToken();
  return {
    token,
    terms: {
      lastsSeconds: LASTS_SECONDS,
      alongside: (em, { id: sessionId, expiresAt }) =>
        addSessionToken(em, { kind: KIND, token, sessionId, expiresAt }),
    },
  };
}

/** What comes in its cookie, whether its owner thinks of it or not, and what somebody says by themselves. */
export interface GivenTokens {
  readonly cookie: string | undefined;
  readonly said: string | undefined;
  readonly bearer: string | undefined;
  readonly oldCookie: string | undefined;
}

export function givenTokens(
  { cookie = '', authorization = '' }: Pick<IncomingHttpHeaders, 'cookie' | 'authorization'>,
  said: string | undefined,
): GivenTokens {
  const cookies = parseCookies(cookie);
  return {
    cookie: cookies[COOKIE],
    said,
    bearer: /^Bearer +(\S+) *$/i.exec(authorization)?.[1],
    oldCookie: cookies[OLD_COOKIE],
  };
}

/** Where the token itself is what it is about: what somebody says, not what their browser brings along. */
export function expressly(given: GivenTokens): Partial<GivenTokens> {
  return given.said === undefined ? given : { said: given.said };
}

export interface Shown extends FoundToken {
  /** Where it was found. */
  readonly place: keyof GivenTokens;
}

const PLACES = ['cookie', 'said', 'bearer', 'oldCookie'] as const;

/** Each is a good proof by itself: the first one that is good counts, in the order in which they are looked at. */
export async function findToken(
  chat: Pick<Chat, 'database' | 'securityLog'>,
  given: Partial<GivenTokens>,
  address?: string,
): Promise<Shown | undefined> {
  for (const place of PLACES) {
    const found = await findSessionToken(chat, KIND, given[place], { address });
    if (found) return { ...found, place };
  }
  return undefined;
}

/** Its seven days begin anew. */
export function keepToken(chat: Pick<Chat, 'database'>, found: FoundToken): Promise<boolean> {
  return prolongSessionToken(chat, found, LASTS_SECONDS);
}

/** No script reads it, it travels by https only, and no other site's forms bring it along. */
const ATTRIBUTES = { secure: true, httpOnly: true, sameSite: 'Lax' } as const;

export function giveCookie(c: Context, base: string, token: string): void {
  setCookie(c, COOKIE, token, { path: base || '/', maxAge: LASTS_SECONDS, ...ATTRIBUTES });
}

export function takeCookie(c: Context, base: string): void {
  deleteCookie(c, COOKIE, { path: base || '/', ...ATTRIBUTES });
}

/** Who asks by plain HTTP; a cookie that lasts longer now is given again, to say so. */
export async function findCaller(
  c: Context,
  { chat, base, said }: { readonly chat: Chat; readonly base: string; readonly said: string | undefined },
): Promise<Shown | undefined> {
  const given = givenByRequest(c, said);
  const shown = await findToken(chat, given, clientAddress(c));
  if (shown && (await keepToken(chat, shown)) && shown.place === 'cookie') giveCookie(c, base, given.cookie!);
  return shown;
}

export function givenByRequest(c: Context, said: string | undefined): GivenTokens {
  return givenTokens({ cookie: c.req.header('cookie'), authorization: c.req.header('authorization') }, said);
}
