import { query } from '../entities/database.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

/** Ends one of the caller's own sessions: tokens stop working and its sockets close, on every node. */
export async function endSession(
  chat: Pick<Chat, 'database' | 'sessions'>,
  caller: Caller,
  sessionId: string,
): Promise<void> {
  const ended = await query(
    chat.database.em,
    'update session set revoked_at = clock_timestamp() where id = $1 and user_id = $2 and revoked_at is null returning id',
    [sessionId, caller.userId],
  );
  if (ended.length === 0) throw new ChatError('not_found', 'no such session');
  chat.sessions.announceEnded([sessionId]);
}
