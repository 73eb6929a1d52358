import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { findUsers } from '../../chat/find-users.ts';
import { getUser } from '../../chat/get-user.ts';
import { findUsersQuery } from '../../chat/inputs/accounts.ts';
import {
  type Api,
  createSignedInApi,
  decodeCursor,
  errors,
  limited,
  ok,
  pageBody,
  pageOf,
  pageQuery,
} from './kit.ts';
import { userId, userSchema } from './schemas.ts';

const position = z.object({ username: z.string() });

const findRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'Find people by how their username or display name begins',
  tags: ['Users'],
  request: { query: pageQuery.extend({ query: findUsersQuery }) },
  responses: {
    ...ok(pageOf(userSchema), 'one page, by username'),
    ...errors('bad_request', 'unauthenticated', 'rate_limited'),
  },
});

const getRoute = createRoute({
  method: 'get',
  path: '/{id}',
  summary: 'Who somebody is',
  tags: ['Users'],
  request: { params: z.object({ id: userId }) },
  responses: { ...ok(userSchema, 'the person'), ...errors('bad_request', 'unauthenticated', 'not_found') },
});

export function usersApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi({ ...findRoute, middleware: limited(chat, 'search') }, async (c) => {
      const { query, limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(pageBody(await findUsers(chat, { query, limit, after })), 200);
    })
    .openapi(getRoute, async (c) => c.json(await getUser(chat, c.req.valid('param').id), 200));
}
