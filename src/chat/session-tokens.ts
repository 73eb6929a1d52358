import { databaseNow, type EntityManager, query } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import { SessionToken } from '../entities/session-token.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { noteUse } from './note-use.ts';
import { sweepExpired } from './sweep-expired.ts';
import { tokenHash } from './tokens.ts';

export interface NewSessionToken {
  readonly kind: string;
  /** As its owner will show it; only its hash is kept. */
  readonly token: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
  /** By `sealFor`. */
  readonly sealed?: string | undefined;
}

/** In a transaction of the caller's: the token is there when the session is. */
export async function addSessionToken(
  em: EntityManager,
  { token, sealed = undefined, ...fields }: NewSessionToken,
): Promise<SessionToken> {
  await sweepExpired(em, 'session_token');
  const added = em.create(SessionToken, {
    ...fields,
    hash: tokenHash(token),
    sealed: sealed ?? null,
    createdAt: await databaseNow(em),
    endedAt: null,
  });
  em.persist(added);
  return added;
}

export interface FoundToken {
  readonly caller: Caller;
  readonly token: SessionToken;
}

export interface TokenUse {
  readonly address?: string | undefined;
  /** For a token that alone proves nothing; asked before its use is written down. */
  readonly isProven?: (token: SessionToken) => Promise<boolean>;
}

/** Undefined for what is no good token of this kind, or whose session has ended. */
export async function findSessionToken(
  chat: Pick<Chat, 'database' | 'securityLog'>,
  kind: string,
  given: string | undefined,
  use: TokenUse = {},
): Promise<FoundToken | undefined> {
  if (given === undefined) return undefined;
  const found = await find(chat, kind, given, use);
  if (found === undefined) chat.securityLog.tokenRefused({ address: use.address }, kind);
  return found;
}

async function find(
  chat: Pick<Chat, 'database'>,
  kind: string,
  given: string,
  { address, isProven }: TokenUse,
): Promise<FoundToken | undefined> {
  const em = chat.database.em.fork();
  const token = await em.findOne(SessionToken, tokenHash(given));
  const now = new Date();
  if (!token?.isGood(now) || token.kind !== kind) return undefined;
  const session = await em.findOne(Session, token.sessionId);
  if (!session?.isLive(now) || (isProven && !(await isProven(token)))) return undefined;
  await noteUse(chat, session, address);
  return { caller: { userId: session.userId, sessionId: session.id }, token };
}

/** Hides a secret that goes with this token: it opens for nothing else. */
export function sealFor({ vault }: Pick<Chat, 'vault'>, token: string, secret: string): string {
  return vault.seal('session-token', tokenHash(token), secret);
}

/** What was hidden with it, sealed anew if that was done with a secret that is on its way out. */
export async function openSealed(
  chat: Pick<Chat, 'database' | 'vault'>,
  { hash, sealed }: SessionToken,
): Promise<string | undefined> {
  const opened = sealed == null ? undefined : chat.vault.open('session-token', hash, sealed);
  if (opened?.outdated)
    await query(chat.database.em, 'update session_token set sealed = $3 where hash = $1 and sealed = $2', [
      hash,
      sealed,
      chat.vault.seal('session-token', hash, opened.text),
    ]);
  return opened?.text;
}

/** For a token that is good for one use: of two who show it at once, one is known by it. */
export async function spendSessionToken(
  chat: Pick<Chat, 'database' | 'securityLog'>,
  kind: string,
  given: string,
  use: TokenUse = {},
): Promise<FoundToken | undefined> {
  const found = await findSessionToken(chat, kind, given, use);
  if (found === undefined) return undefined;
  const spent = await query(
    chat.database.em,
    'update session_token set ended_at = clock_timestamp() where hash = $1 and ended_at is null returning hash',
    [tokenHash(given)],
  );
  return spent.length > 0 ? found : undefined;
}
