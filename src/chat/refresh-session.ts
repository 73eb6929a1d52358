import { LockMode } from '@mikro-orm/core';
import { databaseNow } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { REFRESH_GRACE_MS } from './limits.ts';
import { type SignedIn, sessionEnd, signedInAs } from './open-session.ts';
import { placeOf } from './place.ts';
import { familyHash, successorOf } from './refresh-tokens.ts';
import { newToken, tokenHash } from './tokens.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'admins' | 'sessions' | 'securityLog'>;

export interface Refresh {
  readonly refreshToken: string;
  readonly address?: string | undefined;
}

/**
 * Each refresh token works once, and for a moment again: a second tab, or an app whose answer was lost, gets the
 * same next one. Whoever presents an older one holds a copy: the thief's or the owner's, which cannot be told
 * apart, so the session ends for both.
 */
export async function refreshSession(chat: Needs, { refreshToken, address }: Refresh): Promise<SignedIn> {
  const presented = tokenHash(refreshToken);
  const outcome = await chat.database.em.fork().transactional(async (em) => {
    const session = await em.findOne(
      Session,
      { familyHash: familyHash(refreshToken) },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const now = await databaseNow(em);
    if (!session?.isLive(now)) return undefined;
    if (session.refreshHash === presented) {
      const salt = newToken();
      session.rotate(tokenHash(successorOf(refreshToken, salt)), salt, now);
      session.lastUsedAt = now;
      session.place = placeOf(address) ?? session.place;
      session.expiresAt = sessionEnd(session.createdAt, now);
    } else if (!session.hasJustReplaced(presented, now, REFRESH_GRACE_MS)) {
      session.revokedAt = now;
      return { reused: { sessionId: session.id, userId: session.userId } };
    }
    const next = successorOf(refreshToken, session.refreshSalt!);
    return signedInAs(chat, await em.findOneOrFail(User, session.userId), session.id, next);
  });
  if (outcome !== undefined && !('reused' in outcome)) return outcome;
  if (outcome !== undefined) {
    chat.securityLog.sessionReused({ ...outcome.reused, address });
    chat.sessions.announceEnded([outcome.reused.sessionId]);
  } else chat.securityLog.tokenRefused({ address }, 'refresh');
  throw new ChatError('unauthenticated', 'sign in again');
}
