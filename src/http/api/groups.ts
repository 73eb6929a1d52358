import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { findPublicGroups, getPublicGroup } from '../../chat/find-public-groups.ts';
import { groupSearchInput } from '../../chat/inputs/conversations.ts';
import { conversationInfoSchema, idParams } from './chat-schemas.ts';
import { createSignedInApi, decodeCursor, errors, limited, ok, pageBody, pageOf, pageQuery } from './kit.ts';

const publicGroupSchema = z
  .object({
    ...conversationInfoSchema.shape,
    memberCount: z.int(),
    joined: z.boolean().meta({ description: 'you are a member' }),
  })
  .meta({ id: 'PublicGroup' });

const position = z.object({ name: z.string(), id: z.uuid() });
const tags = ['Groups'];

const findRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'Find public groups by how their name begins',
  tags,
  request: { query: pageQuery.extend({ query: groupSearchInput.default('') }) },
  responses: {
    ...ok(pageOf(publicGroupSchema), 'one page, by name'),
    ...errors('bad_request', 'unauthenticated', 'rate_limited'),
  },
});

const getRoute = createRoute({
  method: 'get',
  path: '/{id}',
  summary: 'A public group, before you join it',
  tags,
  request: { params: idParams },
  responses: {
    ...ok(publicGroupSchema, 'the group'),
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

/** Public groups as strangers see them; what members see is a conversation like any other. */
export function groupsApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi({ ...findRoute, middleware: limited(chat, 'search') }, async (c) => {
      const { query, limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(
        pageBody(await findPublicGroups(chat, c.get('caller').userId, { query, limit, after })),
        200,
      );
    })
    .openapi(getRoute, async (c) => {
      const conversationId = c.req.valid('param').id;
      return c.json(await getPublicGroup(chat, c.get('caller').userId, { conversationId }), 200);
    });
}
