import * as client from 'openid-client';
import { z } from 'zod';
import { ChatError } from './chat/errors.ts';
import type { ForeignIdentity, IdentityProvider } from './chat/identity-provider.ts';
import type { Log } from './chat/log.ts';
import type { OidcConfig } from './config.ts';

/** For each request to the provider. */
const PATIENCE_SECONDS = 10;
const SCOPE = 'openid profile email';

const memorySchema = z.object({ nonce: z.string(), verifier: z.string() });

/** OpenID Connect allows a subject 255 characters. What else does not fit or is not there is left out. */
const text = (max: number) => z.string().min(1).max(max).nullish().catch(null);
const claimsSchema = z.object({
  iss: z.string().max(1_000),
  sub: z.string().min(1).max(255),
  email: z.email().max(254).nullish().catch(null),
  email_verified: z.boolean().nullish().catch(null),
  preferred_username: text(255),
  name: text(255),
});

/** Any OpenID provider: authorization code with PKCE, `state` and `nonce`. It is asked about itself when first used. */
export function openIdentityProvider(config: OidcConfig, log: Log): IdentityProvider {
  const outOfReach = (error: unknown): ChatError => {
    log.warn({ reason: reasonOf(error) }, 'the OpenID provider cannot be reached');
    return new ChatError('unavailable', `${config.name} cannot be reached; try again soon`);
  };
  let known: Promise<client.Configuration> | undefined;
  const discover = async (): Promise<client.Configuration> => {
    known ??= discovery(config);
    try {
      return await known;
    } catch (error) {
      // It may be back for the next one who asks.
      known = undefined;
      throw outOfReach(error);
    }
  };

  return {
    name: config.name,
    async depart(callbackUrl) {
      const provider = await discover();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      const verifier = client.randomPKCECodeVerifier();
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: callbackUrl,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, state, memory: JSON.stringify({ nonce, verifier }) };
    },
    async arrive(returned, { state, memory }) {
      const provider = await discover();
      const { nonce, verifier } = memorySchema.parse(JSON.parse(memory));
      try {
        const tokens = await client.authorizationCodeGrant(provider, returned, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        return await identityOf(provider, tokens);
      } catch (error) {
        if (isOutOfReach(error)) throw outOfReach(error);
        log.warn({ reason: reasonOf(error) }, 'the OpenID provider did not vouch for somebody');
        throw new ChatError('wrong_credentials', `${config.name} did not sign you in`);
      }
    },
  };
}

function discovery({ issuer, clientId, clientSecret }: OidcConfig): Promise<client.Configuration> {
  const local = new URL(issuer).protocol === 'http:';
  return client.discovery(new URL(issuer), clientId, undefined, authentication(clientSecret), {
    timeout: PATIENCE_SECONDS,
    // The configuration allows it on this machine only.
    execute: local ? [client.allowInsecureRequests] : [],
  });
}

/** As the provider likes it; in the header, if it does not say. */
function authentication(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return methods.includes('client_secret_basic') ? basic(server, ...rest) : post(server, ...rest);
  };
}

/** Many providers say who somebody is only when asked once more. */
async function identityOf(
  provider: client.Configuration,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
): Promise<ForeignIdentity> {
  const told = claimsSchema.parse(tokens.claims());
  const asks = told.email == null && provider.serverMetadata().userinfo_endpoint !== undefined;
  const more = asks
    ? claimsSchema.partial().parse(await client.fetchUserInfo(provider, tokens.access_token, told.sub))
    : told;
  // An address and what is said of it belong together.
  const { email, email_verified: verified } = told.email == null ? more : told;
  return {
    issuer: told.iss,
    subject: told.sub,
    verifiedEmail: verified === true ? (email ?? null) : null,
    username: told.preferred_username ?? more.preferred_username ?? null,
    displayName: told.name ?? more.name ?? null,
  };
}

/** A code at the most: what else the library knows may hold tokens. */
function reasonOf(error: unknown): string {
  const { error: said, code, name } = error as { error?: unknown; code?: unknown; name?: unknown };
  return String(said ?? code ?? name);
}

function isOutOfReach(error: unknown): boolean {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return code === 'OAUTH_TIMEOUT' || name === 'TimeoutError' || (error as Error)?.message === 'fetch failed';
}
