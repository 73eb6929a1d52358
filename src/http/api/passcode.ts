import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { passcodeInput, requestPasscodeInput } from '../../chat/inputs/accounts.ts';
import { requestPasscode, signInWithPasscode } from '../../chat/passcode.ts';
import { clientAddress } from '../client-address.ts';
import { type Api, accepted, createApi, created, errors, jsonBody, limited, PUBLIC } from './kit.ts';
import { signedInSchema } from './schemas.ts';

const tags = ['Sessions'];

const requestRoute = createRoute({
  method: 'post',
  path: '/request',
  summary: 'Get a mail with a code to sign in with',
  description:
    'The answer is the same whether there is an account with this address, once verified, or not. The code of the ' +
    'mail before stops working.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(requestPasscodeInput) },
  responses: {
    ...accepted('the mail goes out if there is an account'),
    ...errors('bad_request', 'busy', 'rate_limited'),
  },
});

const signInRoute = createRoute({
  method: 'post',
  path: '/',
  summary: 'Sign in with the code of a mail',
  description: 'It works once, for ten minutes; after five wrong ones it is good for nothing.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(passcodeInput) },
  responses: {
    ...created(signedInSchema, 'a new session'),
    ...errors('bad_request', 'wrong_credentials', 'rate_limited'),
  },
});

export function passcodeApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...requestRoute, middleware: limited(chat, 'mail') }, (c) => {
      requestPasscode(chat, c.req.valid('json').email);
      return c.body(null, 202);
    })
    .openapi({ ...signInRoute, middleware: limited(chat, 'proof') }, async (c) => {
      const input = { ...c.req.valid('json'), address: clientAddress(c) };
      return c.json(await signInWithPasscode(chat, input), 201);
    });
}
