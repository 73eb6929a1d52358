import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { confirmTotpInput, proofInput } from '../../chat/inputs/factors.ts';
import { listOwnFactors, replaceRecoveryCodes } from '../../chat/own-factors.ts';
import { confirmTotp, offerTotp, turnOffTotp } from '../../chat/totp.ts';
import { type Api, created, createSignedInApi, errors, jsonBody, limited, noContent, ok } from './kit.ts';
import { passkeySchema, recoveryCodes } from './schemas.ts';

const tags = ['Second factors'];

const factorsSchema = z
  .object({
    totp: z.boolean().meta({ description: 'an authenticator app is in use' }),
    passkeys: z.array(passkeySchema).readonly(),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: 'SecondFactors' });

const offerSchema = z
  .object({
    secret: z.string().meta({ description: 'base32, to type into the app' }),
    uri: z.string().meta({ description: 'the same as `otpauth://`, to show as a QR code' }),
  })
  .meta({ id: 'TotpOffer' });

const listRoute = createRoute({
  method: 'get',
  path: '/second-factors',
  summary: 'Which second factors you have',
  tags,
  responses: { ...ok(factorsSchema, 'your second factors'), ...errors('unauthenticated') },
});

const offerRoute = createRoute({
  method: 'post',
  path: '/totp',
  summary: 'Get a secret for an authenticator app',
  description:
    'Nothing is asked for until a code of the app has confirmed it. Guests have nothing to guard yet.',
  tags,
  responses: { ...created(offerSchema, 'the secret'), ...errors('unauthenticated', 'conflict') },
});

const confirmRoute = createRoute({
  method: 'post',
  path: '/totp/confirm',
  summary: 'Use the authenticator app from now on',
  description: 'With its code and a fresh proof of who you are.',
  tags,
  request: { body: jsonBody(confirmTotpInput) },
  responses: {
    ...ok(
      z.object({
        recoveryCodes: recoveryCodes.nullable().meta({ description: 'with the first factor only' }),
      }),
      'in use',
    ),
    ...errors(
      'bad_request',
      'unauthenticated',
      'wrong_credentials',
      'second_factor_required',
      'conflict',
      'busy',
      'rate_limited',
    ),
  },
});

const turnOffRoute = createRoute({
  method: 'delete',
  path: '/totp',
  summary: 'Use the authenticator app no longer',
  tags,
  request: { body: jsonBody(proofInput) },
  responses: {
    ...noContent('off'),
    ...errors(
      'bad_request',
      'unauthenticated',
      'wrong_credentials',
      'second_factor_required',
      'not_found',
      'busy',
      'rate_limited',
    ),
  },
});

const codesRoute = createRoute({
  method: 'post',
  path: '/recovery-codes',
  summary: 'Get new recovery codes',
  description: 'Those before stop working.',
  tags,
  request: { body: jsonBody(proofInput) },
  responses: {
    ...created(z.object({ recoveryCodes }), 'the new ones'),
    ...errors(
      'bad_request',
      'unauthenticated',
      'wrong_credentials',
      'second_factor_required',
      'conflict',
      'busy',
      'rate_limited',
    ),
  },
});

export function factorsApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) => c.json(await listOwnFactors(chat, c.get('caller')), 200))
    .openapi(offerRoute, async (c) => c.json(await offerTotp(chat, c.get('caller')), 201))
    .openapi({ ...confirmRoute, middleware: limited(chat, 'password') }, async (c) =>
      c.json({ recoveryCodes: await confirmTotp(chat, c.get('caller'), c.req.valid('json')) }, 200),
    )
    .openapi({ ...turnOffRoute, middleware: limited(chat, 'password') }, async (c) => {
      await turnOffTotp(chat, c.get('caller'), c.req.valid('json').proof);
      return c.body(null, 204);
    })
    .openapi({ ...codesRoute, middleware: limited(chat, 'password') }, async (c) => {
      const { proof } = c.req.valid('json');
      return c.json({ recoveryCodes: await replaceRecoveryCodes(chat, c.get('caller'), proof) }, 201);
    });
}
