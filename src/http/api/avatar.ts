import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { removeAvatar, setAvatar } from '../../chat/media/set-avatar.ts';
import { type Api, createSignedInApi, errors, limited, noContent, ok } from './kit.ts';
import { incomingFile, uploadBody } from './media.ts';
import { ownUserSchema } from './schemas.ts';

const setRoute = {
  method: 'put' as const,
  path: '/avatar',
  summary: 'Set your picture',
  description: 'One picture (JPEG, PNG, WebP, GIF, AVIF) in the field `file`. Its middle is made a square.',
  tags: ['Me'],
  request: { body: uploadBody },
  responses: {
    ...ok(ownUserSchema, 'your account with it'),
    ...errors('bad_request', 'unauthenticated', 'too_large', 'rate_limited', 'busy', 'unavailable'),
  },
};

const removeRoute = createRoute({
  method: 'delete',
  path: '/avatar',
  summary: 'Be without a picture',
  tags: ['Me'],
  responses: { ...noContent('gone, if there was one'), ...errors('unauthenticated') },
});

/** Under the path of one's own account. */
export function avatarApi(chat: Chat): Api {
  const api = createSignedInApi(chat);
  api.openAPIRegistry.registerPath(setRoute);
  api.put('/avatar', limited(chat, 'upload'), async (c) => {
    const file = await incomingFile(c, chat);
    return c.json(await setAvatar(chat, c.get('caller').userId, file), 200);
  });
  return api.openapi(removeRoute, async (c) => {
    await removeAvatar(chat, c.get('caller').userId);
    return c.body(null, 204);
  });
}
