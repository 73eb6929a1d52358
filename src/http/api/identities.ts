import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Chat } from '../../chat/chat.ts';
import { linkIdentity, listIdentities, unlinkIdentity } from '../../chat/identities.ts';
import { proofInput } from '../../chat/inputs/factors.ts';
import { identitySignInInput, linkIdentityInput } from '../../chat/inputs/identities.ts';
import { signInWithIdentity } from '../../chat/sign-in-with-identity.ts';
import { clientAddress } from '../client-address.ts';
import {
  type Api,
  createApi,
  created,
  createSignedInApi,
  errors,
  jsonBody,
  limited,
  noContent,
  ok,
  PUBLIC,
  pageOf,
} from './kit.ts';
import { signedInSchema } from './schemas.ts';

const tags = ['OpenID'];

const identitySchema = z
  .object({
    id: z.uuid(),
    issuer: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Identity' });

const signInRoute = createRoute({
  method: 'post',
  path: '/oidc',
  summary: 'Finish signing in with an account elsewhere',
  description: 'With the code that your page was opened with, within a minute. Somebody new gets an account.',
  tags,
  ...PUBLIC,
  request: { body: jsonBody(identitySignInInput) },
  responses: {
    ...created(signedInSchema, 'a new session'),
    ...errors('bad_request', 'wrong_credentials', 'second_factor_required', 'rate_limited'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/identities',
  summary: 'List the accounts elsewhere that let you in here',
  tags,
  responses: {
    ...ok(pageOf(identitySchema), 'all of them on one page, oldest first'),
    ...errors('unauthenticated'),
  },
});

const linkRoute = createRoute({
  method: 'post',
  path: '/identities',
  summary: 'Let an account elsewhere into yours',
  description:
    'With a code as for signing in, and a fresh proof of who you are. A guest gets a way to sign in by it.',
  tags,
  request: { body: jsonBody(linkIdentityInput) },
  responses: {
    ...created(identitySchema, 'linked'),
    ...errors(
      'bad_request',
      'unauthenticated',
      'wrong_credentials',
      'second_factor_required',
      'conflict',
      'busy',
    ),
  },
});

const unlinkRoute = createRoute({
  method: 'delete',
  path: '/identities/{id}',
  summary: 'Let it in no longer',
  description: 'Not if it is the last way into the account.',
  tags,
  request: { params: z.object({ id: z.uuid() }), body: jsonBody(proofInput) },
  responses: {
    ...noContent('unlinked'),
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

/** Under `/sessions`. */
export function identitySessionsApi(chat: Chat): Api {
  return createApi().openapi({ ...signInRoute, middleware: limited(chat, 'sign-in') }, async (c) =>
    c.json(await signInWithIdentity(chat, { ...c.req.valid('json'), address: clientAddress(c) }), 201),
  );
}

/** Under `/me`. */
export function identitiesApi(chat: Chat): Api {
  return createSignedInApi(chat)
    .openapi(listRoute, async (c) =>
      c.json({ items: await listIdentities(chat, c.get('caller')), next: null }, 200),
    )
    .openapi(linkRoute, async (c) =>
      c.json(await linkIdentity(chat, c.get('caller'), c.req.valid('json')), 201),
    )
    .openapi({ ...unlinkRoute, middleware: limited(chat, 'password') }, async (c) => {
      const { id } = c.req.valid('param');
      await unlinkIdentity(chat, c.get('caller'), { id, proof: c.req.valid('json').proof });
      return c.body(null, 204);
    });
}
