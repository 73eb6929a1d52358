import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { parse } from '../../chat/inputs/parse.ts';
import { removeGroupAvatar, setGroupAvatar } from '../../chat/media/set-group-avatar.ts';
import { conversationInfoSchema, idParams } from './chat-schemas.ts';
import { type Api, createSignedInApi, errors, limited, noContent, ok } from './kit.ts';
import { incomingFile, uploadBody } from './media.ts';

const tags = ['Conversations'];
const refusals = ['bad_request', 'unauthenticated', 'forbidden', 'not_found'] as const;

const setRoute = {
  method: 'put' as const,
  path: '/{id}/avatar',
  summary: 'Set the picture of a group that you look after',
  description: 'One picture (JPEG, PNG, WebP, GIF, AVIF) in the field `file`. Its middle is made a square.',
  tags,
  request: { params: idParams, body: uploadBody },
  responses: {
    ...ok(conversationInfoSchema, 'the group with it'),
    ...errors(...refusals, 'too_large', 'rate_limited', 'busy', 'unavailable'),
  },
};

const removeRoute = createRoute({
  method: 'delete',
  path: '/{id}/avatar',
  summary: 'Leave a group that you look after without a picture',
  tags,
  request: { params: idParams },
  responses: { ...noContent('gone, if there was one'), ...errors(...refusals) },
});

/** Under `/conversations`. */
export function groupAvatarApi(chat: Chat): Api {
  const api = createSignedInApi(chat);
  api.openAPIRegistry.registerPath(setRoute);
  api.put('/:id/avatar', limited(chat, 'upload'), async (c) => {
    const { id: conversationId } = parse(idParams, c.req.param());
    const open = () => incomingFile(c, chat);
    return c.json(await setGroupAvatar(chat, c.get('caller').userId, { conversationId, open }), 200);
  });
  return api.openapi(removeRoute, async (c) => {
    await removeGroupAvatar(chat, c.get('caller').userId, c.req.valid('param').id);
    return c.body(null, 204);
  });
}
