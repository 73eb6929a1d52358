import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { inviteInput } from '../../chat/inputs/friendships.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { inviteByEmail } from '../../chat/invite-by-email.ts';
import { listInvitations } from '../../chat/list-invitations.ts';
import { withdrawInvitation } from '../../chat/withdraw-invitation.ts';
import {
  type Api,
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

const invitationSchema = z
  .object({ id: z.uuid(), email: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'Invitation' });

const position = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });
const tags = ['Invitations'];

const inviteRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Invite somebody by their email address',
  description:
    'They get one mail, and a friend request from you once they have an account and have verified the address, which ' +
    'may be at once. You hear of it when they accept; whether there is an account you are not told. It takes a ' +
    'verified address of your own.',
  tags,
  request: { body: jsonBody(inviteInput) },
  responses: {
    ...created(invitationSchema, 'an open invitation'),
    ...errors('bad_request', 'unauthenticated', 'forbidden', 'conflict', 'rate_limited', 'busy'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'List your open invitations, newest first',
  tags,
  request: { query: pageQuery },
  responses: { ...ok(pageOf(invitationSchema), 'one page'), ...errors('bad_request', 'unauthenticated') },
});

const withdrawRoute = createRoute({
  method: 'delete',
  path: '/{id}',
  summary: 'Withdraw an invitation',
  description:
    'And the friend request that came of it. The address gets no second mail if you invite it again.',
  tags,
  request: { params: z.object({ id: idInput }) },
  responses: { ...noContent('withdrawn'), ...errors('bad_request', 'unauthenticated', 'not_found') },
});

export function invitationsApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi({ ...inviteRoute, middleware: limited(chat, 'mail') }, async (c) =>
      c.json(await inviteByEmail(chat, c.get('caller').userId, c.req.valid('json').email), 201),
    )
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const after = decodeCursor(position, cursor);
      return c.json(pageBody(await listInvitations(chat, c.get('caller').userId, { limit, after })), 200);
    })
    .openapi(withdrawRoute, async (c) => {
      await withdrawInvitation(chat, c.get('caller').userId, c.req.valid('param').id);
      return c.body(null, 204);
    });
}
