import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { askForProof } from '../../chat/fresh-proof.ts';
import { proofInput, registerPasskeyInput } from '../../chat/inputs/factors.ts';
import { offerPasskey, registerPasskey, removePasskey } from '../../chat/passkeys.ts';
import { type Api, created, createSignedInApi, errors, jsonBody, limited, noContent } from './kit.ts';
import { passkeyChallengeSchema, passkeySchema, recoveryCodes } from './schemas.ts';

const tags = ['Second factors'];

const offerRoute = createRoute({
  method: 'post',
  path: '/passkeys/challenge',
  summary: 'Ask what a new passkey has to sign',
  description: 'With a fresh proof of who you are.',
  tags,
  request: { body: jsonBody(proofInput) },
  responses: {
    ...created(passkeyChallengeSchema, 'for `navigator.credentials.create`'),
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

const registerRoute = createRoute({
  method: 'post',
  path: '/passkeys',
  summary: 'Add a passkey',
  description: 'From now on a sign-in with a password asks for a second factor; this passkey is one.',
  tags,
  request: { body: jsonBody(registerPasskeyInput) },
  responses: {
    ...created(
      z.object({
        passkey: passkeySchema,
        recoveryCodes: recoveryCodes.nullable().meta({ description: 'with the first factor only' }),
      }),
      'added',
    ),
    ...errors('bad_request', 'unauthenticated', 'conflict'),
  },
});

const proofRoute = createRoute({
  method: 'post',
  path: '/proofs/challenge',
  summary: 'Ask what a passkey has to sign to be a fresh proof',
  tags,
  responses: {
    ...created(passkeyChallengeSchema, 'for `navigator.credentials.get`'),
    ...errors('unauthenticated'),
  },
});

const removeRoute = createRoute({
  method: 'delete',
  path: '/passkeys/{id}',
  summary: 'Remove a passkey',
  description: 'Not if it is the last way into the account.',
  tags,
  request: { params: z.object({ id: z.uuid() }), body: jsonBody(proofInput) },
  responses: {
    ...noContent('removed'),
    ...errors(
      'bad_request',
      'unauthenticated',
      'wrong_credentials',
      'second_factor_required',
      'not_found',
      'conflict',
      'busy',
      'rate_limited',
    ),
  },
});

export function passkeysApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi({ ...offerRoute, middleware: limited(chat, 'password') }, async (c) => {
      const { challenge, options } = await offerPasskey(chat, c.get('caller'), c.req.valid('json').proof);
      return c.json({ challenge, options: { ...options } }, 201);
    })
    .openapi(registerRoute, async (c) =>
      c.json(await registerPasskey(chat, c.get('caller'), c.req.valid('json')), 201),
    )
    .openapi(proofRoute, async (c) => {
      const { challenge, options } = await askForProof(chat, c.get('caller'));
      return c.json({ challenge, options: { ...options } }, 201);
    })
    .openapi({ ...removeRoute, middleware: limited(chat, 'password') }, async (c) => {
      const { id } = c.req.valid('param');
      await removePasskey(chat, c.get('caller'), { id, proof: c.req.valid('json').proof });
      return c.body(null, 204);
    });
}
