import { randomUUID } from 'node:crypto';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import { rememberPlace } from './known-places.ts';
import { MAX_SESSION_DAYS, SESSION_DAYS } from './limits.ts';
import { placeOf } from './place.ts';
import { familyHash, newRefreshToken } from './refresh-tokens.ts';
import { TOKEN_SECONDS, tokenHash } from './tokens.ts';
import type { OwnUserView } from './views.ts';

/** What every way of signing in answers. */
export interface SignedIn {
  readonly user: OwnUserView;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
  /** To be kept for the next sign-in on this device, which strangers' failures then do not slow down. */
  readonly deviceToken: string;
}

/** What is known of somebody who signs in, besides who they are. */
export interface Visitor {
  readonly device: string;
  /** IPv4 or IPv6, as the server sees it; kept shortened. */
  readonly address?: string | undefined;
  readonly terms?: SessionTerms | undefined;
}

/** What one wire wants of its sessions that is not so everywhere. */
export interface SessionTerms {
  /** Counted from the sign-in; then the session ends, used or not. */
  readonly lastsSeconds?: number;
  /** In the transaction that opens the session. */
  readonly alongside?: (em: EntityManager, session: Session) => Promise<unknown>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

type Needs = Pick<Chat, 'tokens' | 'admins'>;

/** Adds a session to the unit of work; it exists once the caller has flushed. */
export async function openSession(
  chat: Needs,
  em: EntityManager,
  user: User,
  { device, address, terms }: Visitor,
): Promise<{ session: Session; signedIn: SignedIn }> {
  const refreshToken = newRefreshToken();
  const now = await databaseNow(em);
  const session = em.create(Session, {
    id: randomUUID(),
    userId: user.id,
    device,
    refreshHash: tokenHash(refreshToken),
    familyHash: familyHash(refreshToken),
    previousRefreshHash: null,
    refreshSalt: null,
    refreshedAt: null,
    createdAt: now,
    lastUsedAt: now,
    place: placeOf(address),
    expiresAt:
      terms?.lastsSeconds === undefined
        ? sessionEnd(now, now)
        : new Date(now.getTime() + terms.lastsSeconds * 1_000),
    revokedAt: null,
  });
  em.persist(session);
  if (terms?.alongside) {
    // What belongs to it refers to its row, and the unit of work does not know which of them comes first.
    await em.flush();
    await terms.alongside(em, session);
  }
  if (!user.guest) await rememberPlace(em, user.id, address);
  return { session, signedIn: await signedInAs(chat, user, session.id, refreshToken) };
}

export async function signedInAs(
  chat: Needs,
  user: User,
  sessionId: string,
  refreshToken: string,
): Promise<SignedIn> {
  return {
    user: meView(chat, user),
    accessToken: await chat.tokens.issue('access', { userId: user.id, sessionId }),
    refreshToken,
    expiresIn: TOKEN_SECONDS.access,
    deviceToken: await chat.tokens.issue('device', { userId: user.id, sessionId }),
  };
}

/** Counted from the last use: who comes back in time stays signed in, but not for ever. */
export function sessionEnd(createdAt: Date, lastUsedAt: Date): Date {
  return new Date(
    Math.min(lastUsedAt.getTime() + SESSION_DAYS * DAY_MS, createdAt.getTime() + MAX_SESSION_DAYS * DAY_MS),
  );
}

/** With tokens that live for so long; each time from now, and not for ever either. */
export function renewedSessionEnd(createdAt: Date, now: Date, lastsSeconds: number): Date {
  return new Date(
    Math.min(now.getTime() + lastsSeconds * 1_000, createdAt.getTime() + MAX_SESSION_DAYS * DAY_MS),
  );
}
