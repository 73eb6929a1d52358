import { requireMembership } from './change-conversation.ts';
import { type Changes, findChanges, type Reset } from './changes.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

export interface ReadChanges {
  readonly conversationId: string;
  /** The position that one has; 0 asks for everything, as far as one answer holds it. */
  readonly since: number;
}

export async function readChanges(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { conversationId, since }: ReadChanges,
): Promise<Changes | Reset> {
  await requireMembership(chat.database.em.fork(), conversationId, callerId);
  const changes = await findChanges(chat.database, conversationId, since);
  if (!changes) throw new ChatError('not_found', 'no such conversation');
  return changes;
}
