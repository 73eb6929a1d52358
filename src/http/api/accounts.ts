import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { guestInput, signUpInput } from '../../chat/inputs/accounts.ts';
import { createGuest, signUp } from '../../chat/sign-up.ts';
import { clientAddress } from '../client-address.ts';
import { type Api, createApi, created, errors, jsonBody, limited, PUBLIC } from './kit.ts';
import { signedInSchema } from './schemas.ts';

const signUpRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Sign up',
  description:
    'The answer is the same whether somebody has the email address or not: it is yours once you have verified it. If ' +
    'it is somebody’s, the mail goes to them and tells them so.',
  tags: ['Accounts'],
  ...PUBLIC,
  request: { body: jsonBody(signUpInput) },
  responses: {
    ...created(signedInSchema, 'the new account, signed in'),
    ...errors('bad_request', 'username_taken', 'busy', 'rate_limited'),
  },
});

const guestRoute = createRoute({
  method: 'post',
  path: '/guest',
  summary: 'Come in as a guest',
  description:
    'An account without a password: it lasts as long as its session is refreshed, half a year at the most. `POST ' +
    '/me/complete` makes a full one of it.',
  tags: ['Accounts'],
  ...PUBLIC,
  request: { body: jsonBody(guestInput) },
  responses: {
    ...created(signedInSchema, 'the new guest, signed in'),
    ...errors('bad_request', 'username_taken', 'rate_limited'),
  },
});

export function accountsApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...signUpRoute, middleware: limited(chat, 'sign-up') }, async (c) =>
      c.json(await signUp(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
    )
    .openapi({ ...guestRoute, middleware: limited(chat, 'sign-up') }, async (c) =>
      c.json(await createGuest(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
    );
}
