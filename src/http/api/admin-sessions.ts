import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { endUserSession, endUserSessions } from '../../chat/admin/end-user-sessions.ts';
import { getAnyUser } from '../../chat/admin/find-any-users.ts';
import type { Chat } from '../../chat/chat.ts';
import { noteInput } from '../../chat/inputs/admin.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { listSessions } from '../../chat/list-sessions.ts';
import {
  type Api,
  createAdminApi,
  decodeCursor,
  errors,
  noContent,
  ok,
  optionalJsonBody,
  pageBody,
  pageOf,
  pageQuery,
} from './kit.ts';
import { sessionPosition, sessionSchema } from './sessions.ts';

const params = z.object({ id: idInput });
const body = optionalJsonBody(noteInput);
const tags = ['Admin'];
const refusals = errors('bad_request', 'unauthenticated', 'forbidden', 'not_found');

const listRoute = createRoute({
  method: 'get',
  path: '/users/{id}/sessions',
  summary: 'List somebody’s sessions, newest first',
  tags,
  request: { params, query: pageQuery },
  responses: { ...ok(pageOf(sessionSchema), 'one page'), ...refusals },
});

const endAllRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sessions',
  summary: 'End all sessions of somebody',
  tags,
  request: { params, body },
  responses: { ...noContent('ended'), ...refusals, ...errors('conflict') },
});

const endRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sessions/{sessionId}',
  summary: 'End a session of somebody',
  tags,
  request: { params: params.extend({ sessionId: idInput }), body },
  responses: { ...noContent('ended'), ...refusals, ...errors('conflict') },
});

export function adminSessionsApi(chat: Chat): Api {
  return createAdminApi(chat)
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const after = decodeCursor(sessionPosition, cursor);
      const { id: userId } = await getAnyUser(chat, c.req.valid('param').id);
      const whose = { userId, sessionId: c.get('caller').sessionId };
      return c.json(pageBody(await listSessions(chat, whose, { limit, after })), 200);
    })
    .openapi(endAllRoute, async (c) => {
      await endUserSessions(chat, c.get('admin'), {
        userId: c.req.valid('param').id,
        ...c.req.valid('json'),
      });
      return c.body(null, 204);
    })
    .openapi(endRoute, async (c) => {
      const { id: userId, sessionId } = c.req.valid('param');
      await endUserSession(chat, c.get('admin'), { userId, sessionId, ...c.req.valid('json') });
      return c.body(null, 204);
    });
}
