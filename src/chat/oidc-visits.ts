import { OidcVisit } from '../entities/oidc-visit.ts';
import { ProvenIdentity } from '../entities/proven-identity.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { ForeignIdentity, IdentityProvider } from './identity-provider.ts';
import type { StartOidc } from './inputs/identities.ts';
import { OIDC_VISIT_SECONDS, PROVEN_IDENTITY_SECONDS } from './limits.ts';
import { sweepExpired } from './sweep-expired.ts';
import { newToken, tokenHash } from './tokens.ts';

type Needs = Pick<Chat, 'database' | 'identityProvider' | 'publicUrl' | 'allowedOrigins' | 'vault'>;

export function requireProvider({ identityProvider }: Pick<Chat, 'identityProvider'>): IdentityProvider {
  if (!identityProvider) throw new ChatError('not_found', 'no other provider is configured');
  return identityProvider;
}

/** Where the provider sends browsers back to. */
export function callbackUrl({ publicUrl }: Pick<Chat, 'publicUrl'>): string {
  return `${publicUrl()}/api/v1/oidc/callback`;
}

/**
 * Answers where to send the browser, and what it has to bring back besides: nothing, if it has to go back to the page at
 * once, with what went wrong.
 */
export async function startOidc(
  chat: Needs,
  { returnTo, codeChallenge }: StartOidc,
): Promise<{ url: string; browserToken?: string }> {
  const provider = requireProvider(chat);
  requireOwnPage(chat, returnTo);
  const departure = await provider.depart(callbackUrl(chat)).catch(orRefusal);
  if (departure instanceof ChatError) return { url: withRefusal(returnTo, departure) };
  const { url, state, memory } = departure;
  const browserToken = newToken();
  const em = chat.database.em.fork();
  const now = new Date();
  await sweepExpired(em, 'oidc_visit');
  await em.insert(OidcVisit, {
    stateHash: tokenHash(state),
    browserHash: tokenHash(browserToken),
    memory: chat.vault.seal('oidc', tokenHash(state), memory),
    returnTo,
    codeChallenge,
    expiresAt: new Date(now.getTime() + OIDC_VISIT_SECONDS * 1_000),
  });
  return { url, browserToken };
}

export interface Returned {
  /** All that the provider says: the query of the callback. */
  readonly query: URLSearchParams;
  /** From the browser's cookie. */
  readonly browserToken: string | undefined;
}

/**
 * Answers where the browser goes on to: the page that it came from, with a code for the client there or with what
 * went wrong. Nobody is signed in yet, so whoever makes others follow their own link gains nothing: the code is
 * good only together with what the client that began has kept.
 */
export async function finishOidc(chat: Needs, { query, browserToken }: Returned): Promise<string> {
  const provider = requireProvider(chat);
  const state = query.get('state') ?? '';
  const visit = await takeVisit(chat, state, browserToken);
  const memory = chat.vault.open('oidc', visit.stateHash, visit.memory)?.text;
  if (memory === undefined) throw visitOver();
  const returned = new URL(`${callbackUrl(chat)}?${query}`);
  const identity = await provider.arrive(returned, { state, memory }).catch(orRefusal);
  if (identity instanceof ChatError) return withRefusal(visit.returnTo, identity);
  return withAnswer(visit.returnTo, 'code', await keepProven(chat, identity, visit.codeChallenge));
}

/** What the page that people come back to can be told. */
function orRefusal(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  throw error;
}

function withRefusal(returnTo: string, { code }: ChatError): string {
  return withAnswer(returnTo, 'error', code);
}

function withAnswer(returnTo: string, name: 'code' | 'error', value: string): string {
  const url = new URL(returnTo);
  url.searchParams.set(name, value);
  return url.href;
}

/** Uses it up, and only the browser that left can. */
async function takeVisit(chat: Needs, state: string, browserToken: string | undefined): Promise<OidcVisit> {
  const em = chat.database.em.fork();
  const visit = await em.findOne(OidcVisit, {
    stateHash: tokenHash(state),
    browserHash: tokenHash(browserToken ?? ''),
    expiresAt: { $gt: new Date() },
  });
  if (!visit || (await em.nativeDelete(OidcVisit, { stateHash: visit.stateHash })) !== 1) throw visitOver();
  return visit;
}

async function keepProven(chat: Needs, identity: ForeignIdentity, codeChallenge: string): Promise<string> {
  const code = newToken();
  const em = chat.database.em.fork();
  const now = new Date();
  await sweepExpired(em, 'proven_identity');
  await em.insert(ProvenIdentity, {
    ...identity,
    hash: tokenHash(code),
    codeChallenge,
    expiresAt: new Date(now.getTime() + PROVEN_IDENTITY_SECONDS * 1_000),
  });
  return code;
}

/** Otherwise our address could be made to lead anywhere. */
function requireOwnPage({ publicUrl, allowedOrigins }: Needs, returnTo: string): void {
  const url = URL.canParse(returnTo) ? new URL(returnTo) : undefined;
  const ours = url && [new URL(publicUrl()).origin, ...allowedOrigins].includes(url.origin);
  if (!ours || url.username !== '' || url.password !== '')
    throw new ChatError('bad_request', 'returnTo: must be a page of ours or of an allowed origin');
}

function visitOver(): ChatError {
  return new ChatError(
    'unauthenticated',
    'this sign-in was finished, took too long or began in another browser',
  );
}
