import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { positionInput } from '../../chat/inputs/messages.ts';
import { moveMarks } from '../../chat/move-marks.ts';
import { readChanges } from '../../chat/read-changes.ts';
import {
  conversationInfoSchema,
  idParams,
  markSchema,
  memberSchema,
  messageSchema,
  orNull,
  positionText,
} from './chat-schemas.ts';
import { createSignedInApi, errors, jsonBody, ok } from './kit.ts';

const marksInput = z
  .object({ deliveredSeq: positionInput, readSeq: positionInput })
  .partial()
  .refine((marks) => Object.keys(marks).length > 0, 'give deliveredSeq, readSeq or both');

const position = { rev: z.int(), lastSeq: z.int(), memberCount: z.int() };

const changesSchema = z
  .discriminatedUnion('reset', [
    z.object({
      reset: z.literal(false),
      ...position,
      messages: z.array(messageSchema).readonly().meta({ description: 'new, edited and deleted ones' }),
      members: z.array(memberSchema).readonly().meta({
        description:
          'who joined, left, changed role or moved a mark; in groups of more than 100, of the marks only your own',
      }),
      conversation: orNull(conversationInfoSchema).meta({
        description: 'if name, description, visibility or picture changed',
      }),
    }),
    z.object({ reset: z.literal(true), ...position }),
  ])
  .meta({ id: 'Changes' });

const marksRoute = createRoute({
  method: 'put',
  path: '/{id}/marks',
  summary: 'Say up to where you have received and read',
  description: 'Marks only grow, and reading implies delivery.',
  tags: ['Messages'],
  request: { params: idParams, body: jsonBody(marksInput) },
  responses: {
    ...ok(markSchema, 'your marks now'),
    ...errors('bad_request', 'unauthenticated', 'not_found', 'busy', 'unavailable'),
  },
});

const changesRoute = createRoute({
  method: 'get',
  path: '/{id}/changes',
  summary: 'Everything that happened since a position',
  description: '`reset` means that too much was missed: start again from the history, at `rev`.',
  tags: ['Messages'],
  request: { params: idParams, query: z.object({ since: positionText }) },
  responses: {
    ...ok(changesSchema, 'each thing once, as it is now'),
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

/** Under a conversation's path: how far somebody is, and what is missing from there. */
export function positionsApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi(marksRoute, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await moveMarks(chat, c.get('caller').userId, input), 200);
    })
    .openapi(changesRoute, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('query') };
      return c.json(await readChanges(chat, c.get('caller').userId, input), 200);
    });
}
