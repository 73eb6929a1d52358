import { Session } from '../entities/session.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

/** Ends one of the caller's own sessions: tokens stop working and its sockets close, on every node. */
export async function endSession(
  chat: Pick<Chat, 'database' | 'sessions'>,
  caller: Caller,
  sessionId: string,
): Promise<void> {
  const ended = await chat.database.em
    .fork()
    .nativeUpdate(
      Session,
      { id: sessionId, userId: caller.userId, revokedAt: null },
      { revokedAt: new Date() },
    );
  if (ended === 0) throw new ChatError('not_found', 'no such session');
  chat.sessions.announceEnded([sessionId]);
}
