import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { createGroup } from '../../chat/create-group.ts';
import { getConversation } from '../../chat/get-conversation.ts';
import { openConversationInput, updateConversationInput } from '../../chat/inputs/conversations.ts';
import { listConversations } from '../../chat/list-conversations.ts';
import { openDialog } from '../../chat/open-dialog.ts';
import { updateConversation } from '../../chat/update-conversation.ts';
import { conversationInfoSchema, conversationSchema, idParams } from './chat-schemas.ts';
import {
  created,
  createSignedInApi,
  decodeCursor,
  errors,
  jsonBody,
  ok,
  pageBody,
  pageOf,
  pageQuery,
} from './kit.ts';

const position = z.object({ changedAt: z.iso.datetime(), id: z.uuid() });
const tags = ['Conversations'];

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List your conversations, what changed last first',
  tags,
  request: { query: pageQuery },
  responses: { ...ok(pageOf(conversationSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

const openRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Open the dialog with somebody, or make a group',
  description: 'There is one dialog for two people, made when either first asks for it.',
  tags,
  request: { body: jsonBody(openConversationInput) },
  responses: {
    ...ok(conversationSchema, 'the dialog'),
    ...created(conversationSchema, 'the new group, yours'),
    ...errors('bad_request', 'unauthenticated', 'blocked', 'not_found'),
  },
});

const getRoute = createRoute({
  method: 'get',
  path: '/{id}',
  summary: 'One of your conversations',
  tags,
  request: { params: idParams },
  responses: {
    ...ok(conversationSchema, 'as you see it'),
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

const updateRoute = createRoute({
  method: 'patch',
  path: '/{id}',
  summary: 'Change a group that you look after',
  tags,
  request: { params: idParams, body: jsonBody(updateConversationInput) },
  responses: {
    ...ok(conversationInfoSchema, 'as it is now'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'not_found'),
  },
});

export function conversationsApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(pageBody(await listConversations(chat, c.get('caller').userId, { limit, after })), 200);
    })
    .openapi(openRoute, async (c) => {
      const { userId } = c.get('caller');
      const input = c.req.valid('json');
      const isDialog = input.kind === 'dialog';
      const conversationId = isDialog
        ? await openDialog(chat, userId, input)
        : await createGroup(chat, userId, input);
      return c.json(await getConversation(chat, userId, { conversationId }), isDialog ? 200 : 201);
    })
    .openapi(getRoute, async (c) => {
      const conversationId = c.req.valid('param').id;
      return c.json(await getConversation(chat, c.get('caller').userId, { conversationId }), 200);
    })
    .openapi(updateRoute, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await updateConversation(chat, c.get('caller').userId, input), 200);
    });
}
