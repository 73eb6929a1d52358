import { createRoute } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Chat } from '../../chat/chat.ts';
import { endSession } from '../../chat/end-session.ts';
import { ChatError } from '../../chat/errors.ts';
import { SESSION_DAYS } from '../../chat/limits.ts';
import { refreshSession } from '../../chat/refresh-session.ts';
import { clientAddress } from '../client-address.ts';
import { type Origins, refuseOtherSites } from '../origins.ts';
import { type Api, type ApiEnv, createApi, errors, noContent, ok, PUBLIC, signedIn } from './kit.ts';
import { signedInSchema } from './schemas.ts';

/** What our own page says when it signs somebody in. No page of another site can, without being asked first. */
const KEEP_HEADER = 'Parlour-Keep';

export interface PageDoors {
  readonly origins: Origins;
  /** Whether people reach us by https. */
  readonly secure: boolean;
}

const tags = ['Sessions'];

const goOnRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Go on with the session that a browser keeps',
  description:
    'For the pages of this server. Whoever signs in (by whatever way) with the header `Parlour-Keep: cookie` gets no ' +
    '`refreshToken`: it is kept in a cookie that no script can read, and this takes it from there.',
  tags,
  ...PUBLIC,
  responses: {
    ...ok(signedInSchema.omit({ refreshToken: true }), 'the same session with a new access token'),
    ...noContent('nobody is signed in there (any more)'),
    ...errors('forbidden'),
  },
});

const leaveRoute = createRoute({
  method: 'delete',
  path: '/',
  summary: 'Sign out, and let the browser forget it',
  tags,
  responses: { ...noContent('signed out'), ...errors('unauthenticated', 'forbidden') },
});

/** The session of our own page: its refresh token lies in a cookie, so that nothing in the page can give it away. */
export function pageSessionApi(chat: Chat, doors: PageDoors): Api {
  const api = createApi();
  api.use(refuseOtherSites(doors.origins, { ownPagesOnly: true }));
  return api
    .openapi(goOnRoute, async (c) => {
      const { name, options } = pageCookie(chat, doors);
      const kept = getCookie(c, name);
      if (kept === undefined) return c.body(null, 204);
      try {
        const { refreshToken, ...rest } = await refreshSession(chat, {
          refreshToken: kept,
          address: clientAddress(c),
        });
        keep(c, chat, doors, refreshToken);
        return c.json(rest, 200);
      } catch (error) {
        if (!(error instanceof ChatError) || error.code !== 'unauthenticated') throw error;
        deleteCookie(c, name, options);
        return c.body(null, 204);
      }
    })
    .openapi({ ...leaveRoute, middleware: signedIn(chat) }, async (c) => {
      const caller = c.get('caller');
      await endSession(chat, caller, caller.sessionId);
      const { name, options } = pageCookie(chat, doors);
      deleteCookie(c, name, options);
      return c.body(null, 204);
    });
}

/** For all ways of signing in: moves the refresh token out of the answer and into the cookie, if that is asked for. */
export function keepInCookie(chat: Chat, doors: PageDoors): MiddlewareHandler<ApiEnv> {
  const guard = refuseOtherSites(doors.origins, { ownPagesOnly: true });
  return async (c, next) => {
    if (c.req.header(KEEP_HEADER) !== 'cookie') return next();
    await guard(c, next);
    if (c.res.status !== 200 && c.res.status !== 201) return;
    const { refreshToken, ...rest } = (await c.res.clone().json()) as { refreshToken?: unknown };
    if (typeof refreshToken !== 'string') return;
    c.res = c.json(rest, c.res.status as ContentfulStatusCode);
    keep(c, chat, doors, refreshToken);
  };
}

function keep(c: Context, chat: Pick<Chat, 'publicUrl'>, doors: PageDoors, refreshToken: string): void {
  const { name, options } = pageCookie(chat, doors);
  setCookie(c, name, refreshToken, { ...options, maxAge: SESSION_DAYS * 24 * 60 * 60 });
}

interface PageCookie {
  readonly name: string;
  readonly options: CookieOptions;
}

/**
 * `__Host-` keeps servers of other names below our domain from putting theirs in its place, and demands https and the
 * path `/`. Without https, or where others live beside us below another path, it goes to its one route only.
 */
function pageCookie(chat: Pick<Chat, 'publicUrl'>, { secure }: PageDoors): PageCookie {
  const base = new URL(chat.publicUrl()).pathname.replace(/\/$/, '');
  const options = { httpOnly: true, sameSite: 'Strict', secure } as const;
  if (secure && base === '') return { name: '__Host-parlour', options: { ...options, path: '/' } };
  return { name: 'parlour', options: { ...options, path: `${base}/api/v1/sessions/page` } };
}
