import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { getMe } from '../../chat/get-me.ts';
import { profileInput } from '../../chat/inputs/accounts.ts';
import { updateProfile } from '../../chat/update-profile.ts';
import { type Api, createSignedInApi, errors, jsonBody, ok } from './kit.ts';
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

export function meApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi(getRoute, async (c) => c.json(await getMe(chat, c.get('caller').userId), 200))
    .openapi(updateRoute, async (c) =>
      c.json(await updateProfile(chat, c.get('caller').userId, c.req.valid('json')), 200),
    );
}
