import { LockMode } from '@mikro-orm/core';
import { databaseNow } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { type SignedIn, sessionEnd, signedInAs } from './open-session.ts';
import { newToken, tokenHash } from './tokens.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'admins' | 'sessions' | 'log'>;

/**
 * Each refresh token works once. Whoever presents the one before it holds a copy: the thief's or the owner's,
 * which cannot be told apart, so the session ends for both.
 */
export async function refreshSession(chat: Needs, refreshToken: string): Promise<SignedIn> {
  const presented = tokenHash(refreshToken);
  const outcome = await chat.database.em.fork().transactional(async (em) => {
    const session = await em.findOne(
      Session,
      { $or: [{ refreshHash: presented }, { previousRefreshHash: presented }] },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const now = await databaseNow(em);
    if (!session?.isLive(now)) return undefined;
    if (session.refreshHash !== presented) {
      session.revokedAt = now;
      return { reused: session.id };
    }
    const next = newToken();
    session.previousRefreshHash = presented;
    session.refreshHash = tokenHash(next);
    session.lastUsedAt = now;
    session.expiresAt = sessionEnd(now);
    return signedInAs(chat, await em.findOneOrFail(User, session.userId), session.id, next);
  });
  if (outcome !== undefined && !('reused' in outcome)) return outcome;
  if (outcome !== undefined) {
    chat.log.warn({ sessionId: outcome.reused }, 'a used refresh token came again: session ended');
    chat.sessions.announceEnded([outcome.reused]);
  }
  throw new ChatError('unauthenticated', 'sign in again');
}
