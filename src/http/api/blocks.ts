import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { blockUser } from '../../chat/block-user.ts';
import type { Chat } from '../../chat/chat.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { listBlocks } from '../../chat/list-blocks.ts';
import { unblockUser } from '../../chat/unblock-user.ts';
import {
  createSignedInApi,
  decodeCursor,
  errors,
  noContent,
  ok,
  pageBody,
  pageOf,
  pageQuery,
} from './kit.ts';
import { userSchema } from './schemas.ts';

const blockSchema = z.object({ user: userSchema, blockedAt: z.iso.datetime() }).meta({ id: 'Block' });

const position = z.object({ blockedAt: z.iso.datetime(), userId: z.uuid() });
const params = z.object({ userId: idInput });
const tags = ['Blocks'];

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List whom you block, the latest first',
  tags,
  request: { query: pageQuery },
  responses: { ...ok(pageOf(blockSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

const blockRoute = createRoute({
  method: 'put',
  path: '/{userId}',
  summary: 'Block somebody',
  description: 'Neither can ask or write to the other; a friendship or a request between you ends.',
  tags,
  request: { params },
  responses: { ...noContent('blocked'), ...errors('bad_request', 'unauthenticated', 'not_found') },
});

const unblockRoute = createRoute({
  method: 'delete',
  path: '/{userId}',
  summary: 'Take a block back',
  tags,
  request: { params },
  responses: { ...noContent('not blocked by you'), ...errors('bad_request', 'unauthenticated') },
});

export function blocksApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(pageBody(await listBlocks(chat, c.get('caller').userId, { limit, after })), 200);
    })
    .openapi(blockRoute, async (c) => {
      await blockUser(chat, c.get('caller').userId, c.req.valid('param'));
      return c.body(null, 204);
    })
    .openapi(unblockRoute, async (c) => {
      await unblockUser(chat, c.get('caller').userId, c.req.valid('param'));
      return c.body(null, 204);
    });
}
