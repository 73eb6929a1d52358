import { createRoute } from '@hono/zod-openapi';
import { answerSecondFactor, askForPasskey } from '../../chat/answer-second-factor.ts';
import type { Chat } from '../../chat/chat.ts';
import { factorChallengeInput, passkeySignInInput, secondFactorInput } from '../../chat/inputs/factors.ts';
import { askForAnyPasskey, signInWithPasskey } from '../../chat/sign-in-with-passkey.ts';
import { clientAddress } from '../client-address.ts';
import { type Api, createApi, created, errors, jsonBody, limited, ok, PUBLIC } from './kit.ts';
import { passkeyChallengeSchema, signedInSchema, webauthnOptions } from './schemas.ts';

const tags = ['Sessions'];

const answerRoute = createRoute({
  method: 'post',
  path: '/second-factor',
  summary: 'Finish signing in with a second factor',
  description:
    'With the challenge that the refusal `second_factor_required` brought. A wrong answer is `wrong_credentials` ' +
    'and may be corrected a few times; `unauthenticated` means to sign in anew.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(secondFactorInput) },
  responses: {
    ...created(signedInSchema, 'a new session'),
    ...errors('bad_request', 'unauthenticated', 'wrong_credentials', 'rate_limited'),
  },
});

const askRoute = createRoute({
  method: 'post',
  path: '/second-factor/passkey',
  summary: 'Ask what a passkey has to sign as a second factor',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(factorChallengeInput) },
  responses: {
    ...ok(webauthnOptions, 'for `navigator.credentials.get`'),
    ...errors('bad_request', 'unauthenticated', 'rate_limited'),
  },
});

const askAnyRoute = createRoute({
  method: 'post',
  path: '/passkey/challenge',
  summary: 'Ask what a passkey has to sign to sign in with nothing else',
  tags,
  ...PUBLIC,
  responses: {
    ...created(passkeyChallengeSchema, 'for `navigator.credentials.get`'),
    ...errors('rate_limited'),
  },
});

const passkeyRoute = createRoute({
  method: 'post',
  path: '/passkey',
  summary: 'Sign in with a passkey',
  description: 'It must have known its owner (by finger, face or PIN); it then stands for both factors.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(passkeySignInInput) },
  responses: {
    ...created(signedInSchema, 'a new session'),
    ...errors('bad_request', 'wrong_credentials', 'rate_limited'),
  },
});

export function secondFactorApi(chat: Chat): Api {
  return createApi()
    .openapi({ ...answerRoute, middleware: limited(chat, 'proof') }, async (c) =>
      c.json(await answerSecondFactor(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
    )
    .openapi({ ...askRoute, middleware: limited(chat, 'proof') }, async (c) =>
      c.json({ ...(await askForPasskey(chat, c.req.valid('json').challenge)) }, 200),
    )
    .openapi({ ...askAnyRoute, middleware: limited(chat, 'sign-in') }, async (c) => {
      const { challenge, options } = await askForAnyPasskey(chat);
      return c.json({ challenge, options: { ...options } }, 201);
    })
    .openapi({ ...passkeyRoute, middleware: limited(chat, 'sign-in') }, async (c) =>
      c.json(await signInWithPasskey(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
    );
}
