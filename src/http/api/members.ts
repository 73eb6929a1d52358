import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { addMembers } from '../../chat/add-members.ts';
import { changeRole } from '../../chat/change-role.ts';
import type { Chat } from '../../chat/chat.ts';
import { ChatError } from '../../chat/errors.ts';
import { getConversation } from '../../chat/get-conversation.ts';
import { addMembersInput, changeMemberInput } from '../../chat/inputs/conversations.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { joinGroup } from '../../chat/join-group.ts';
import { listMembers } from '../../chat/list-members.ts';
import { muteConversation } from '../../chat/mute-conversation.ts';
import { removeMember } from '../../chat/remove-member.ts';
import { conversationId, conversationSchema, idParams, memberSchema } from './chat-schemas.ts';
import {
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

const position = z.object({ joinedAt: z.iso.datetime(), userId: z.uuid() });
const memberParams = z.object({
  id: conversationId,
  userId: z.union([z.literal('me'), idInput]).meta({ description: "a member's id; `me` is you" }),
});
const tags = ['Members'];

const listRoute = createRoute({
  method: 'get',
  path: '/{id}/members',
  summary: 'List the members, in the order in which they joined',
  tags,
  request: { params: idParams, query: pageQuery },
  responses: {
    ...ok(pageOf(memberSchema), 'one page'),
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

const addRoute = createRoute({
  method: 'post',
  path: '/{id}/members',
  summary: 'Add people to a group that you look after',
  description: 'All of them or, if one cannot be added, nobody; `details` then names who.',
  tags,
  request: { params: idParams, body: jsonBody(addMembersInput) },
  responses: {
    ...ok(z.object({ items: z.array(memberSchema) }), 'those you named'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'blocked', 'not_found', 'conflict'),
  },
});

const joinRoute = createRoute({
  method: 'put',
  path: '/{id}/members/me',
  summary: 'Join a public group',
  tags,
  request: { params: idParams },
  responses: {
    ...ok(conversationSchema, 'the group, which you are in now'),
    ...errors('bad_request', 'unauthenticated', 'not_found', 'conflict', 'rate_limited'),
  },
});

const changeRoute = createRoute({
  method: 'patch',
  path: '/{id}/members/{userId}',
  summary: 'Give a role as owner, or mute a conversation for yourself',
  tags,
  request: { params: memberParams, body: jsonBody(changeMemberInput) },
  responses: {
    ...noContent('changed'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'not_found', 'last_owner'),
  },
});

const removeRoute = createRoute({
  method: 'delete',
  path: '/{id}/members/{userId}',
  summary: 'Remove somebody from a group, or leave it yourself',
  tags,
  request: { params: memberParams },
  responses: {
    ...noContent('no longer a member'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'not_found', 'last_owner'),
  },
});

/** Under a conversation's path. */
export function membersApi(chat: Chat) {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const input = { conversationId: c.req.valid('param').id, limit, after: decodeCursor(position, cursor) };
      return c.json(pageBody(await listMembers(chat, c.get('caller').userId, input)), 200);
    })
    .openapi(addRoute, async (c) => {
      const input = { conversationId: c.req.valid('param').id, ...c.req.valid('json') };
      return c.json({ items: await addMembers(chat, c.get('caller').userId, input) }, 200);
    })
    .openapi({ ...joinRoute, middleware: limited(chat, 'join') }, async (c) => {
      const { userId } = c.get('caller');
      const conversationId = c.req.valid('param').id;
      await joinGroup(chat, userId, conversationId);
      return c.json(await getConversation(chat, userId, { conversationId }), 200);
    })
    .openapi(changeRoute, async (c) => {
      const caller = c.get('caller').userId;
      const { conversationId, userId } = memberOf(c.req.valid('param'), caller);
      const { role, muted } = c.req.valid('json');
      if (role !== undefined) await changeRole(chat, caller, { conversationId, userId, role });
      if (muted !== undefined) {
        if (userId !== caller) throw new ChatError('forbidden', 'everybody mutes for themselves');
        await muteConversation(chat, caller, { conversationId, muted });
      }
      return c.body(null, 204);
    })
    .openapi(removeRoute, async (c) => {
      const caller = c.get('caller').userId;
      await removeMember(chat, caller, memberOf(c.req.valid('param'), caller));
      return c.body(null, 204);
    });
}

function memberOf({ id, userId }: z.output<typeof memberParams>, callerId: string) {
  return { conversationId: id, userId: userId === 'me' ? callerId : userId };
}
