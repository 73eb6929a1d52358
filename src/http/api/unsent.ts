import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { readUnsent } from '../../chat/read-unsent.ts';
import { conversationId, messageSchema } from './chat-schemas.ts';
import { createSignedInApi, decodeCursor, errors, ok, pageBody, pageOf, pageQuery } from './kit.ts';

const unsentSchema = z
  .object({ ...messageSchema.shape, conversationId: z.uuid() })
  .meta({ id: 'UnsentMessage' });

const position = z.object({ id: z.int() });

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'Messages that wait for you, in the order in which they were sent',
  description: 'Reading does not take them away: moving your delivered mark does.',
  tags: ['Messages'],
  request: { query: pageQuery.extend({ conversationId: conversationId.optional() }) },
  responses: { ...ok(pageOf(unsentSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

export function unsentApi(chat: Chat) {
  return createSignedInApi(chat).openapi(listRoute, async (c) => {
    const { conversationId, limit, cursor } = c.req.valid('query');
    const after = decodeCursor(position, cursor)?.id;
    const { items, next } = await readUnsent(chat, c.get('caller').userId, { conversationId, after, limit });
    return c.json(pageBody({ items, next: next === null ? null : { id: next } }), 200);
  });
}
