import { createRoute } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { verifyCodeInput, verifyEmailInput } from '../../chat/inputs/accounts.ts';
import { resendVerification } from '../../chat/post-verification.ts';
import { verifyEmail, verifyEmailByCode } from '../../chat/verify-email.ts';
import { type Api, createApi, errors, jsonBody, limited, noContent, PUBLIC, signedIn } from './kit.ts';

const tags = ['Email and password'];

const verifyRoute = createRoute({
  method: 'post',
  path: '/verify',
  summary: 'Say that an email address is yours',
  description:
    'With the token of the mail, which works once. One need not be signed in. Refused when the address has come to ' +
    'belong to another account meanwhile.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(verifyEmailInput) },
  responses: {
    ...noContent('verified'),
    ...errors('bad_request', 'wrong_credentials', 'email_taken', 'rate_limited'),
  },
});

const verifyCodeRoute = createRoute({
  method: 'post',
  path: '/verify-code',
  summary: 'Say that your email address is yours',
  description: 'With the code of the mail instead of its link. After five wrong ones only the link is left.',
  tags,
  request: { body: jsonBody(verifyCodeInput) },
  responses: {
    ...noContent('verified'),
    ...errors('bad_request', 'unauthenticated', 'wrong_credentials', 'email_taken', 'rate_limited'),
  },
});

const resendRoute = createRoute({
  method: 'post',
  path: '/resend',
  summary: 'Get the verification mail again',
  description:
    'The link and the code of the mail before stop working. A conflict without an email, or with a verified one.',
  tags,
  responses: { ...noContent('on its way'), ...errors('unauthenticated', 'conflict', 'busy', 'rate_limited') },
});

export function emailApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...verifyRoute, middleware: limited(chat, 'proof') }, async (c) => {
      await verifyEmail(chat, c.req.valid('json').token);
      return c.body(null, 204);
    })
    .openapi(
      { ...verifyCodeRoute, middleware: [signedIn(chat), limited(chat, 'proof')] as const },
      async (c) => {
        await verifyEmailByCode(chat, c.get('caller').userId, c.req.valid('json').code);
        return c.body(null, 204);
      },
    )
    .openapi({ ...resendRoute, middleware: [signedIn(chat), limited(chat, 'mail')] as const }, async (c) => {
      await resendVerification(chat, c.get('caller').userId);
      return c.body(null, 204);
    });
}
