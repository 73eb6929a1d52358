import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { revokeSessions } from './credentials.ts';

/** All of the caller's sessions but the one that asks. */
export async function endOtherSessions(
  chat: Pick<Chat, 'database' | 'sessions'>,
  { userId, sessionId }: Caller,
): Promise<void> {
  const em = chat.database.em.fork();
  const ended = await em.transactional((em) => revokeSessions(em, userId, { except: sessionId }));
  chat.sessions.announceEnded(ended);
}
