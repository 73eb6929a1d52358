import { z } from 'zod';
import { MAX_RETURN_URL_LENGTH } from '../limits.ts';
import { device } from './accounts.ts';
import { freshProof } from './factors.ts';

/** As PKCE makes it (RFC 7636): base64url of a SHA-256. */
const codeChallenge = z
  .string()
  .regex(/^[\w-]{43}$/, 'must be the base64url of a SHA-256')
  .meta({ description: 'SHA-256 of a `codeVerifier` that the client keeps, as base64url' });
const codeVerifier = z.string().regex(/^[\w.~-]{43,128}$/, 'must be 43 to 128 unreserved characters');

export const startOidcQuery = z.object({
  returnTo: z
    .string()
    .max(MAX_RETURN_URL_LENGTH)
    .meta({ description: 'a page of PUBLIC_URL or of an allowed origin, which gets `code` or `error`' }),
  codeChallenge,
});

const code = z.string().min(1).max(200);

export const identitySignInInput = z.object({ code, codeVerifier, device });
export const linkIdentityInput = z.object({
  code,
  codeVerifier,
  proof: freshProof.default({}).meta({ description: 'guests need none' }),
});

export type StartOidc = z.output<typeof startOidcQuery>;
export type IdentitySignIn = z.output<typeof identitySignInInput>;
export type LinkIdentity = z.output<typeof linkIdentityInput>;
