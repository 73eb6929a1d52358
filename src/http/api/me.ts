import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { completeAccount } from '../../chat/complete-account.ts';
import { deleteMe } from '../../chat/delete-me.ts';
import { getMe } from '../../chat/get-me.ts';
import { completeInput, deleteMeInput, profileInput } from '../../chat/inputs/accounts.ts';
import { updateProfile } from '../../chat/update-profile.ts';
import {
  type Api,
  createSignedInApi,
  errors,
  jsonBody,
  limited,
  noContent,
  ok,
  optionalJsonBody,
} from './kit.ts';
import { ownUserSchema } from './schemas.ts';

const getRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'Who you are',
  tags: ['Me'],
  responses: { ...ok(ownUserSchema, 'your account'), ...errors('unauthenticated') },
});

const updateRoute = createRoute({
  method: 'patch',
  path: '/',
  summary: 'Change your names',
  tags: ['Me'],
  request: { body: jsonBody(profileInput) },
  responses: {
    ...ok(ownUserSchema, 'your account after the change'),
    ...errors('bad_request', 'unauthenticated', 'username_taken'),
  },
});

const completeRoute = createRoute({
  method: 'post',
  path: '/complete',
  summary: 'Make a full account of a guest',
  description:
    'With a password, and an email address if you like. You stay who you are: your session, your friends, your ' +
    'conversations and all that you have said. A conflict when you are no guest.',
  tags: ['Me'],
  request: { body: jsonBody(completeInput) },
  responses: {
    ...ok(ownUserSchema, 'your account, which one can sign in to now'),
    ...errors('bad_request', 'unauthenticated', 'conflict', 'username_taken', 'busy', 'rate_limited'),
  },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: '/',
  summary: 'Delete your account',
  description:
    'With your password; guests have none and need none. What you said stays, by `Deleted user`; everything else ' +
    'goes. Refused with the groups, in `details`, that would be left without an owner.',
  tags: ['Me'],
  request: { body: optionalJsonBody(deleteMeInput) },
  responses: {
    ...noContent('deleted'),
    ...errors('bad_request', 'unauthenticated', 'wrong_credentials', 'last_owner', 'busy', 'rate_limited'),
  },
});

export function meApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi(getRoute, async (c) => c.json(await getMe(chat, c.get('caller').userId), 200))
    .openapi(updateRoute, async (c) =>
      c.json(await updateProfile(chat, c.get('caller').userId, c.req.valid('json')), 200),
    )
    .openapi({ ...completeRoute, middleware: limited(chat, 'password') }, async (c) =>
      c.json(await completeAccount(chat, c.get('caller').userId, c.req.valid('json')), 200),
    )
    .openapi({ ...deleteRoute, middleware: limited(chat, 'password') }, async (c) => {
      await deleteMe(chat, c.get('caller'), c.req.valid('json'));
      return c.body(null, 204);
    });
}
