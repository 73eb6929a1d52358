import { createRoute } from '@hono/zod-openapi';
import { changeEmail, removeEmail } from '../../chat/change-email.ts';
import type { Chat } from '../../chat/chat.ts';
import { changeEmailInput, proofInput } from '../../chat/inputs/factors.ts';
import { type Api, createSignedInApi, errors, jsonBody, limited, noContent, ok } from './kit.ts';
import { ownUserSchema } from './schemas.ts';

const tags = ['Email and password'];
const refusals = errors(
  'bad_request',
  'unauthenticated',
  'wrong_credentials',
  'second_factor_required',
  'conflict',
  'busy',
  'rate_limited',
);

const changeRoute = createRoute({
  method: 'put',
  path: '/email',
  summary: 'Change your email address',
  description:
    'With a fresh proof of who you are. The new address gets a mail and is yours once you have verified it; until ' +
    'then a verified one stays in force (`email`), beside the new one (`newEmail`), and is told. The one in force ' +
    'again calls the change off. The answer is the same whether somebody has the address or not.',
  tags,
  request: { body: jsonBody(changeEmailInput) },
  responses: { ...ok(ownUserSchema, 'your account after the change'), ...refusals },
});

const removeRoute = createRoute({
  method: 'delete',
  path: '/email',
  summary: 'Remove your email address',
  description: 'With a fresh proof of who you are. It gets a last mail, if it was verified.',
  tags,
  request: { body: jsonBody(proofInput) },
  responses: { ...noContent('removed'), ...refusals, ...errors('not_found') },
});

/** Under `/me`. */
export function myEmailApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi(
      { ...changeRoute, middleware: [limited(chat, 'password'), limited(chat, 'mail')] as const },
      async (c) => c.json(await changeEmail(chat, c.get('caller'), c.req.valid('json')), 200),
    )
    .openapi({ ...removeRoute, middleware: limited(chat, 'password') }, async (c) => {
      await removeEmail(chat, c.get('caller'), c.req.valid('json').proof);
      return c.body(null, 204);
    });
}
