import type { Chat } from './chat.ts';
import { lockLiveSession } from './live-sessions.ts';
import { renewedSessionEnd, type SessionTerms } from './open-session.ts';

/** A session gets further tokens, beside those that it has; with `lastsSeconds` it goes on for so long from now. */
export async function continueSession(
  chat: Pick<Chat, 'database'>,
  sessionId: string | undefined,
  { lastsSeconds, alongside }: SessionTerms,
): Promise<void> {
  await chat.database.em.fork().transactional(async (em) => {
    const { session, now } = await lockLiveSession(em, sessionId);
    if (lastsSeconds !== undefined)
      session.expiresAt = renewedSessionEnd(session.createdAt, now, lastsSeconds);
    await alongside?.(em, session);
  });
}
