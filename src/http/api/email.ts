import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { verifyEmailInput } from '../../chat/inputs/accounts.ts';
import { resendVerification } from '../../chat/post-verification.ts';
import { verifyEmail } from '../../chat/verify-email.ts';
import { type Api, createApi, errors, jsonBody, noContent, PUBLIC, signedIn } from './kit.ts';

const tags = ['Email and password'];

const verifyRoute = createRoute({
  method: 'post',
  path: '/verify',
  summary: 'Say that an email address is yours',
  description: 'With the token of the mail, which works once. One need not be signed in.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(verifyEmailInput) },
  responses: { ...noContent('verified'), ...errors('bad_request', 'wrong_credentials') },
});

const resendRoute = createRoute({
  method: 'post',
  path: '/resend',
  summary: 'Get the verification mail again',
  description:
    'The link of the mail before stops working. A conflict without an email, or with a verified one.',
  tags,
  responses: { ...noContent('on its way'), ...errors('unauthenticated', 'conflict', 'busy') },
});

export function emailApi(chat: Chat): Api {
  return createApi()
    .openapi(verifyRoute, async (c) => {
      await verifyEmail(chat, c.req.valid('json').token);
      return c.body(null, 204);
    })
    .openapi({ ...resendRoute, middleware: signedIn(chat) }, async (c) => {
      await resendVerification(chat, c.get('caller').userId);
      return c.body(null, 204);
    });
}
