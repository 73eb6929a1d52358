import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { endOtherSessions } from '../../chat/end-other-sessions.ts';
import { endSession } from '../../chat/end-session.ts';
import { refreshInput, signInInput } from '../../chat/inputs/accounts.ts';
import { listSessions } from '../../chat/list-sessions.ts';
import { refreshSession } from '../../chat/refresh-session.ts';
import { signIn } from '../../chat/sign-in.ts';
import { clientAddress } from '../client-address.ts';
import {
  type Api,
  createApi,
  created,
  decodeCursor,
  errors,
  jsonBody,
  limited,
  noContent,
  ok,
  PUBLIC,
  pageBody,
  pageOf,
  pageQuery,
  signedIn,
} from './kit.ts';
import { signedInSchema } from './schemas.ts';

export const sessionSchema = z
  .object({
    id: z.uuid(),
    device: z.string(),
    place: z
      .string()
      .nullable()
      .meta({ description: 'the network that it was last used from', example: '203.0.113.0/24' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().meta({ description: 'give or take a minute' }),
    expiresAt: z.iso.datetime(),
    current: z.boolean().meta({ description: 'the session that asks' }),
  })
  .meta({ id: 'Session' });

export const sessionPosition = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });

const tags = ['Sessions'];

const signInRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Sign in',
  description:
    'An account with a second factor answers `second_factor_required`: in `details` the `challenge` to bring along ' +
    'and each `factor` that may answer it, at `/sessions/second-factor`.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(signInInput) },
  responses: {
    ...created(signedInSchema, 'a new session'),
    ...errors('bad_request', 'wrong_credentials', 'second_factor_required', 'busy', 'rate_limited'),
  },
});

const refreshRoute = createRoute({
  method: 'post',
  path: '/refresh',
  summary: 'Get a new pair of tokens',
  description:
    'A refresh token works once, and answers the same for ten seconds more: for a second tab, or when the answer was ' +
    'lost. Using an older one ends the session: somebody has a copy.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(refreshInput) },
  responses: {
    ...ok(signedInSchema, 'the same session with new tokens'),
    ...errors('bad_request', 'unauthenticated'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List your sessions, newest first',
  tags,
  request: { query: pageQuery },
  responses: { ...ok(pageOf(sessionSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

const signOutRoute = createRoute({
  method: 'delete',
  path: '/current',
  summary: 'Sign out',
  tags,
  responses: { ...noContent('signed out'), ...errors('unauthenticated') },
});

const endOthersRoute = createRoute({
  method: 'delete',
  path: '/',
  summary: 'End all your other sessions',
  tags,
  responses: { ...noContent('ended'), ...errors('unauthenticated') },
});

const endRoute = createRoute({
  method: 'delete',
  path: '/{id}',
  summary: 'End one of your sessions',
  description: 'Its tokens stop working and its sockets close at once.',
  tags,
  request: { params: z.object({ id: z.uuid() }) },
  responses: { ...noContent('ended'), ...errors('bad_request', 'unauthenticated', 'not_found') },
});

export function sessionsApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...signInRoute, middleware: limited(chat, 'sign-in') }, async (c) =>
      c.json(await signIn(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
    )
    .openapi(refreshRoute, async (c) => {
      const refresh = { ...c.req.valid('json'), address: clientAddress(c) };
      return c.json(await refreshSession(chat, refresh), 200);
    })
    .openapi({ ...listRoute, middleware: signedIn(chat) }, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const after = decodeCursor(sessionPosition, cursor);
      return c.json(pageBody(await listSessions(chat, c.get('caller'), { limit, after })), 200);
    })
    .openapi({ ...signOutRoute, middleware: signedIn(chat) }, async (c) => {
      const caller = c.get('caller');
      await endSession(chat, caller, caller.sessionId);
      return c.body(null, 204);
    })
    .openapi({ ...endOthersRoute, middleware: signedIn(chat) }, async (c) => {
      await endOtherSessions(chat, c.get('caller'));
      return c.body(null, 204);
    })
    .openapi({ ...endRoute, middleware: signedIn(chat) }, async (c) => {
      await endSession(chat, c.get('caller'), c.req.valid('param').id);
      return c.body(null, 204);
    });
}
