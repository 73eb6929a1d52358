import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { startOidcQuery } from '../../chat/inputs/identities.ts';
import { OIDC_VISIT_SECONDS } from '../../chat/limits.ts';
import { finishOidc, requireProvider, startOidc } from '../../chat/oidc-visits.ts';
import { cookieName } from '../cookie-name.ts';
import { type Api, createApi, errors, limited, ok, PUBLIC } from './kit.ts';

const tags = ['OpenID'];

const providerRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'With whom people can sign in',
  tags,
  ...PUBLIC,
  responses: { ...ok(z.object({ name: z.string() }), 'the provider'), ...errors('not_found') },
});

const startRoute = createRoute({
  method: 'get',
  path: '/start',
  summary: 'Send a browser to the provider',
  description:
    'To be opened, not fetched. The browser comes back to `returnTo` with `code`, which `/sessions/oidc` or ' +
    '`/me/identities` takes together with the `codeVerifier`, or with `error`, a code like those of the API.',
  tags,
  ...PUBLIC,
  request: { query: startOidcQuery },
  responses: {
    302: { description: 'to the provider, or back at once while it cannot be reached' },
    ...errors('bad_request', 'not_found', 'rate_limited'),
  },
});

const callbackRoute = createRoute({
  method: 'get',
  path: '/callback',
  summary: 'Where the provider sends the browser back to',
  description: 'Register this address, below PUBLIC_URL, with the provider.',
  tags,
  ...PUBLIC,
  responses: {
    303: { description: 'on to `returnTo`' },
    ...errors('unauthenticated', 'not_found', 'rate_limited'),
  },
});

export function oidcApi(chat: Chat): Api {
  return createApi()
    .openapi(providerRoute, (c) => c.json({ name: requireProvider(chat).name }, 200))
    .openapi({ ...startRoute, middleware: limited(chat, 'sign-in') }, async (c) => {
      const { url, browserToken } = await startOidc(chat, c.req.valid('query'));
      const options = { ...cookieOptions(chat), maxAge: OIDC_VISIT_SECONDS };
      if (browserToken !== undefined) setCookie(c, nameOfCookie(chat), browserToken, options);
      return leave(c, url, 302);
    })
    .openapi({ ...callbackRoute, middleware: limited(chat, 'sign-in') }, async (c) => {
      const query = new URL(c.req.url).searchParams;
      const goOn = await finishOidc(chat, { query, browserToken: getCookie(c, nameOfCookie(chat)) });
      deleteCookie(c, nameOfCookie(chat), cookieOptions(chat));
      return leave(c, goOn, 303);
    });
}

function leave(c: Context, url: string, status: 302 | 303): Response {
  c.header('Cache-Control', 'no-store');
  return c.redirect(url, status);
}

function nameOfCookie(chat: Chat): string {
  return cookieName('parlour_oidc', { secure: cookieOptions(chat).secure });
}

/** Lax, because the provider's page sends the browser back here. */
function cookieOptions(chat: Chat): CookieOptions & { readonly secure: boolean } {
  const { protocol, pathname } = new URL(chat.publicUrl());
  const path = `${pathname.replace(/\/$/, '')}/api/v1/oidc`;
  return { httpOnly: true, sameSite: 'Lax', path, secure: protocol === 'https:' };
}
