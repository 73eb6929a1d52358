import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { deleteMessage, editMessage } from '../../chat/edit-message.ts';
import { sendInput, textInput } from '../../chat/inputs/messages.ts';
import { readHistory } from '../../chat/read-history.ts';
import { sendMessage } from '../../chat/send-message.ts';
import { conversationId, idParams, messageSchema, positionText, seqText } from './chat-schemas.ts';
import { created, createSignedInApi, errors, jsonBody, limited, ok, pageQuery } from './kit.ts';

const messageParams = z.object({ id: conversationId, seq: seqText });

const sentSchema = z
  .object({
    id: z.int(),
    seq: z.int(),
    rev: z.int(),
    sentAt: z.iso.datetime(),
    duplicate: z.boolean().meta({ description: 'this `clientId` had been stored before' }),
  })
  .meta({ id: 'SentMessage' });

const historyQuery = z
  .object({
    before: seqText.optional().meta({ description: 'messages older than this `seq`' }),
    after: positionText.optional().meta({ description: 'messages newer than this `seq`' }),
    limit: pageQuery.shape.limit,
  })
  .refine(
    (query) => query.before === undefined || query.after === undefined,
    'give before or after, not both',
  );

const historySchema = z.object({
  items: z.array(messageSchema).readonly().meta({ description: 'ascending by `seq`' }),
  more: z.boolean().meta({ description: 'there are more in the direction in which you read' }),
});

const tags = ['Messages'];

const historyRoute = createRoute({
  method: 'get',
  path: '/{id}/messages',
  summary: 'Read the history, the newest page unless told otherwise',
  tags,
  request: { params: idParams, query: historyQuery },
  responses: { ...ok(historySchema, 'one page'), ...errors('bad_request', 'unauthenticated', 'not_found') },
});

const sendRoute = createRoute({
  method: 'post',
  path: '/{id}/messages',
  summary: 'Send a message',
  description:
    'The answer means that it is stored for good. Without an answer, send it again with the same `clientId`: ' +
    'it cannot appear twice.',
  tags,
  request: { params: idParams, body: jsonBody(sendInput) },
  responses: {
    ...created(sentSchema, 'stored'),
    ...ok(sentSchema, 'it had been stored before'),
    ...errors(
      'bad_request',
      'unauthenticated',
      'blocked',
      'not_found',
      'conflict',
      'rate_limited',
      'busy',
      'unavailable',
    ),
  },
});

const editRoute = createRoute({
  method: 'patch',
  path: '/{id}/messages/{seq}',
  summary: 'Edit a message of yours',
  tags,
  request: { params: messageParams, body: jsonBody(z.object({ text: textInput })) },
  responses: {
    ...ok(messageSchema, 'as it is now'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'rate_limited'),
  },
});

const deleteRoute = createRoute({
  method: 'delete',
  path: '/{id}/messages/{seq}',
  summary: 'Delete a message of yours, or any in a group that you look after',
  tags,
  request: { params: messageParams },
  responses: {
    ...ok(messageSchema, 'what is left of it: its `seq` stays taken'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'not_found', 'rate_limited'),
  },
});

/** Under a conversation's path. */
export function messagesApi(chat: Chat) {
  const middleware = limited(chat, 'message');
  return createSignedInApi(chat)
    .openapi(historyRoute, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('query') };
      return c.json(await readHistory(chat, c.get('caller').userId, input), 200);
    })
    .openapi({ ...sendRoute, middleware }, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('json') };
      const sent = await sendMessage(chat, c.get('caller').userId, input);
      return c.json(sent, sent.duplicate ? 200 : 201);
    })
    .openapi({ ...editRoute, middleware }, async (c) => {
      const { id, seq } = c.req.valid('param');
      const input = { conversationId: id, seq, ...c.req.valid('json') };
      return c.json(await editMessage(chat, c.get('caller').userId, input), 200);
    })
    .openapi({ ...deleteRoute, middleware }, async (c) => {
      const { id, seq } = c.req.valid('param');
      return c.json(await deleteMessage(chat, c.get('caller').userId, { conversationId: id, seq }), 200);
    });
}
