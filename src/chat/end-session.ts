import { type EntityManager, query } from '../entities/database.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

/** Ends one of the caller's own sessions: tokens stop working and its sockets close, on every node. */
export async function endSession(
  chat: Pick<Chat, 'database' | 'sessions'>,
  { userId }: Caller,
  sessionId: string,
): Promise<void> {
  await endSessionOf(chat.database.em.fork(), { userId, sessionId });
  chat.sessions.announceEnded([sessionId]);
}

/** The caller announces it after the commit. */
export async function endSessionOf(em: EntityManager, { userId, sessionId }: Caller): Promise<void> {
  const ended = await query(
    em,
    'update session set revoked_at = clock_timestamp() where id = $1 and user_id = $2 and revoked_at is null returning id',
    [sessionId, userId],
  );
  if (ended.length === 0) throw new ChatError('not_found', 'no such session');
}
