import { createRoute } from '@hono/zod-openapi';
import { changePassword } from '../../chat/change-password.ts';
import type { Chat } from '../../chat/chat.ts';
import { forgotPassword } from '../../chat/forgot-password.ts';
import { changePasswordInput, forgotPasswordInput, resetPasswordInput } from '../../chat/inputs/accounts.ts';
import { resetPassword } from '../../chat/reset-password.ts';
import {
  type Api,
  accepted,
  createApi,
  errors,
  jsonBody,
  limited,
  noContent,
  PUBLIC,
  signedIn,
} from './kit.ts';

const tags = ['Email and password'];

const forgotRoute = createRoute({
  method: 'post',
  path: '/forgot',
  summary: 'Get a mail with a link to choose a new password',
  description: 'The answer is the same whether there is an account with this address or not.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(forgotPasswordInput) },
  responses: {
    ...accepted('the mail goes out if there is an account'),
    ...errors('bad_request', 'busy', 'rate_limited'),
  },
});

const resetRoute = createRoute({
  method: 'post',
  path: '/reset',
  summary: 'Choose a new password',
  description: 'With the token of the mail, which works once. All your sessions end; the email is verified.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(resetPasswordInput) },
  responses: {
    ...noContent('changed'),
    ...errors('bad_request', 'wrong_credentials', 'email_taken', 'busy', 'rate_limited'),
  },
});

const changeRoute = createRoute({
  method: 'post',
  path: '/change',
  summary: 'Change your password',
  description: 'All your other sessions end.',
  tags,
  request: { body: jsonBody(changePasswordInput) },
  responses: {
    ...noContent('changed'),
    ...errors('bad_request', 'unauthenticated', 'wrong_credentials', 'busy', 'rate_limited'),
  },
});

export function passwordApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...forgotRoute, middleware: limited(chat, 'mail') }, (c) => {
      forgotPassword(chat, c.req.valid('json').email);
      return c.body(null, 202);
    })
    .openapi({ ...resetRoute, middleware: limited(chat, 'proof') }, async (c) => {
      await resetPassword(chat, c.req.valid('json'));
      return c.body(null, 204);
    })
    .openapi(
      { ...changeRoute, middleware: [signedIn(chat), limited(chat, 'password')] as const },
      async (c) => {
        await changePassword(chat, c.get('caller'), c.req.valid('json'));
        return c.body(null, 204);
      },
    );
}
