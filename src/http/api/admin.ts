import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { makeAdmin, unmakeAdmin } from '../../chat/admin/appoint-admin.ts';
import { deleteUser } from '../../chat/admin/delete-user.ts';
import { findAnyUsers, getAnyUser } from '../../chat/admin/find-any-users.ts';
import { suspendUser, unsuspendUser } from '../../chat/admin/suspend-user.ts';
import { verifyUser } from '../../chat/admin/verify-user.ts';
import type { Chat } from '../../chat/chat.ts';
import { findAnyUsersQuery, noteInput, userStateInput } from '../../chat/inputs/admin.ts';
import { idInput } from '../../chat/inputs/ids.ts';
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
import { ownUserSchema } from './schemas.ts';

const adminUserSchema = z
  .object({
    ...ownUserSchema.shape,
    suspendedAt: z.iso.datetime().nullable(),
    deletedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AdminUser' });

const position = z.object({ number: z.int() });
const tags = ['Admin'];
const found = errors('bad_request', 'unauthenticated', 'forbidden', 'not_found');
const changed = {
  ...ok(adminUserSchema, 'the account after the change'),
  ...found,
  ...errors('conflict'),
};
const about = { params: z.object({ id: idInput }) };
const change = { ...about, body: optionalJsonBody(noteInput) };

const findRoute = createRoute({
  method: 'get',
  path: '/users',
  summary: 'Find accounts, also suspended and deleted ones',
  description: 'By how the username or display name begins, or by the whole email address; the newest first.',
  tags,
  request: {
    query: pageQuery.extend({ query: findAnyUsersQuery.optional(), state: userStateInput.optional() }),
  },
  responses: {
    ...ok(pageOf(adminUserSchema), 'one page'),
    ...errors('bad_request', 'unauthenticated', 'forbidden'),
  },
});

const getRoute = createRoute({
  method: 'get',
  path: '/users/{id}',
  summary: 'Look at an account',
  tags,
  request: about,
  responses: { ...ok(adminUserSchema, 'the account'), ...found },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: '/users/{id}',
  summary: 'Delete an account',
  description:
    'What they said stays, by `Deleted user`. A group that they alone own passes to one of its admins, else to ' +
    'whoever has been in it longest.',
  tags,
  request: change,
  responses: { ...noContent('deleted'), ...found, ...errors('conflict') },
});

const suspendRoute = createRoute({
  method: 'put',
  path: '/users/{id}/suspension',
  summary: 'Suspend an account',
  description:
    'All its sessions end, and nobody signs in to it: the right password gets `suspended`. What they said stays.',
  tags,
  request: change,
  responses: changed,
});

const unsuspendRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/suspension',
  summary: 'Lift a suspension',
  tags,
  request: change,
  responses: changed,
});

const verifyRoute = createRoute({
  method: 'put',
  path: '/users/{id}/verification',
  summary: 'Say that the email address is theirs',
  tags,
  request: change,
  responses: { ...changed, ...errors('conflict', 'email_taken') },
});

const makeAdminRoute = createRoute({
  method: 'put',
  path: '/users/{id}/admin',
  summary: 'Make somebody an admin',
  tags,
  request: change,
  responses: changed,
});

const unmakeAdminRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/admin',
  summary: 'Make somebody an admin no more',
  tags,
  request: change,
  responses: changed,
});

/** Other people's accounts. Nothing here works on oneself, and all that changes something is in the audit log. */
export function adminApi(chat: Chat): Api {
  return createAdminApi(chat)
    .openapi(findRoute, async (c) => {
      const { cursor, ...wanted } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(pageBody(await findAnyUsers(chat, { ...wanted, after })), 200);
    })
    .openapi(getRoute, async (c) => c.json(await getAnyUser(chat, c.req.valid('param').id), 200))
    .openapi(deleteRoute, async (c) => {
      await deleteUser(chat, c.get('admin'), { userId: c.req.valid('param').id, ...c.req.valid('json') });
      return c.body(null, 204);
    })
    .openapi(suspendRoute, async (c) => {
      const on = { userId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await suspendUser(chat, c.get('admin'), on), 200);
    })
    .openapi(unsuspendRoute, async (c) => {
      const on = { userId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await unsuspendUser(chat, c.get('admin'), on), 200);
    })
    .openapi(verifyRoute, async (c) => {
      const on = { userId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await verifyUser(chat, c.get('admin'), on), 200);
    })
    .openapi(makeAdminRoute, async (c) => {
      const on = { userId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await makeAdmin(chat, c.get('admin'), on), 200);
    })
    .openapi(unmakeAdminRoute, async (c) => {
      const on = { userId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await unmakeAdmin(chat, c.get('admin'), on), 200);
    });
}
