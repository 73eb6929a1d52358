import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { answerFriend } from '../../chat/answer-friend.ts';
import { askFriend } from '../../chat/ask-friend.ts';
import type { Chat } from '../../chat/chat.ts';
import { endFriendship } from '../../chat/end-friendship.ts';
import { answerInput, friendshipStateInput, personInput } from '../../chat/inputs/friendships.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { listFriendships } from '../../chat/list-friendships.ts';
import { FRIENDSHIP_STATUSES } from '../../entities/friendship.ts';
import {
  created,
  createSignedInApi,
  decodeCursor,
  errors,
  jsonBody,
  limited,
  noContent,
  ok,
  pageBody,
  pageOf,
  pageQuery,
} from './kit.ts';
import { userSchema } from './schemas.ts';

const status = z.enum(FRIENDSHIP_STATUSES);

const friendshipSchema = z
  .object({
    id: z.uuid(),
    requesterId: z.uuid(),
    addresseeId: z.uuid(),
    status,
    askedAt: z.iso.datetime(),
    answeredAt: z.iso.datetime().nullable(),
    changedAt: z.iso.datetime(),
    user: userSchema,
    ownStatus: status.meta({ description: 'your side; whoever asks here has thereby accepted' }),
    otherStatus: status,
  })
  .meta({ id: 'Friendship' });

const listedSchema = friendshipSchema
  .extend({
    online: z
      .boolean()
      .meta({ description: 'now; of friends only. `presence` events of the inbox go on from here' }),
    lastSeenAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'null while online, and of others than friends' }),
  })
  .meta({ id: 'ListedFriendship' });

const position = z.object({ changedAt: z.iso.datetime(), id: z.uuid() });
const params = z.object({ id: idInput });
const tags = ['Friendships'];

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List your friends and requests, what changed last first',
  tags,
  request: { query: pageQuery.extend({ state: friendshipStateInput.optional() }) },
  responses: { ...ok(pageOf(listedSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

const askRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Ask somebody to be your friend',
  description: 'Asking somebody who has asked you accepts.',
  tags,
  request: { body: jsonBody(personInput) },
  responses: {
    ...created(friendshipSchema, 'pending, or accepted if they had asked you'),
    ...errors('bad_request', 'unauthenticated', 'blocked', 'not_found', 'conflict', 'rate_limited'),
  },
});

const answerRoute = createRoute({
  method: 'patch',
  path: '/{id}',
  summary: 'Accept or reject',
  tags,
  request: { params, body: jsonBody(answerInput) },
  responses: {
    ...ok(friendshipSchema, 'the friendship as it is now; its dialog exists once it is accepted'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'blocked', 'not_found', 'conflict'),
  },
});

const endRoute = createRoute({
  method: 'delete',
  path: '/{id}',
  summary: 'Withdraw your request, or unfriend',
  tags,
  request: { params },
  responses: {
    ...noContent('ended'),
    ...errors('bad_request', 'unauthenticated', 'not_found', 'conflict'),
  },
});

export function friendshipsApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) => {
      const { state, limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(
        pageBody(await listFriendships(chat, c.get('caller').userId, { state, limit, after })),
        200,
      );
    })
    .openapi({ ...askRoute, middleware: limited(chat, 'friend-request') }, async (c) =>
      c.json(await askFriend(chat, c.get('caller').userId, c.req.valid('json')), 201),
    )
    .openapi(answerRoute, async (c) => {
      const input = { friendshipId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json(await answerFriend(chat, c.get('caller').userId, input), 200);
    })
    .openapi(endRoute, async (c) => {
      await endFriendship(chat, c.get('caller').userId, { friendshipId: c.req.valid('param').id });
      return c.body(null, 204);
    });
}
