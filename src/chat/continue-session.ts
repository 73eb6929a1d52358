import { LockMode } from '@mikro-orm/core';
import { databaseNow } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { renewedSessionEnd, type SessionTerms } from './open-session.ts';

/** A session gets further tokens, beside those that it has; with `lastsSeconds` it goes on for so long from now. */
export async function continueSession(
  chat: Pick<Chat, 'database'>,
  sessionId: string | undefined,
  { lastsSeconds, alongside }: SessionTerms,
): Promise<void> {
  await chat.database.em.fork().transactional(async (em) => {
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const session = sessionId === undefined ? null : await em.findOne(Session, sessionId, { lockMode });
    const now = await databaseNow(em);
    if (!session?.isLive(now)) throw new ChatError('unauthenticated', 'sign in again');
    if (lastsSeconds !== undefined)
      session.expiresAt = renewedSessionEnd(session.createdAt, now, lastsSeconds);
    await alongside?.(em, session);
  });
}
