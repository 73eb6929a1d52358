import { randomUUID } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import { SESSION_DAYS } from './limits.ts';
import { newToken, TOKEN_SECONDS, tokenHash } from './tokens.ts';
import type { OwnUserView } from './views.ts';

/** What every way of signing in answers. */
export interface SignedIn {
  readonly user: OwnUserView;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
}

type Needs = Pick<Chat, 'tokens' | 'admins'>;

/** Adds a session to the unit of work; it exists once the caller has flushed. */
export async function openSession(
  chat: Needs,
  em: EntityManager,
  user: User,
  device: string,
): Promise<{ session: Session; signedIn: SignedIn }> {
  const refreshToken = newToken();
  const now = new Date();
  const session = em.create(Session, {
    id: randomUUID(),
    userId: user.id,
    device,
    refreshHash: tokenHash(refreshToken),
    previousRefreshHash: null,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: sessionEnd(now),
    revokedAt: null,
  });
  em.persist(session);
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
  };
}

/** Counted from the last use: who comes back in time stays signed in. */
export function sessionEnd(now: Date): Date {
  return new Date(now.getTime() + SESSION_DAYS * 24 * 60 * 60 * 1_000);
}
