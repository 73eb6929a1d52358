import { databaseNow } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { FRESH_SESSION_SECONDS } from './limits.ts';

/** Having signed in a moment ago stands for saying a password again. */
export async function requireFreshSession(
  chat: Pick<Chat, 'database'>,
  { sessionId }: Caller,
): Promise<void> {
  const em = chat.database.em.fork();
  const { createdAt } = await em.findOneOrFail(Session, sessionId);
  const now = await databaseNow(em);
  if (now.getTime() - createdAt.getTime() >= FRESH_SESSION_SECONDS * 1_000)
    throw new ChatError('wrong_credentials', 'sign in again first: this session is too old for that');
}
