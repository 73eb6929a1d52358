import { requireMembership } from './change-conversation.ts';
import { type Changes, findChanges, type Reset } from './changes.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { getUserOrFail } from './user-lookup.ts';
import { memberView } from './views.ts';

export interface ReadChanges {
  readonly conversationId: string;
  /** The position that one has; 0 asks for everything, as far as one answer holds it. */
  readonly since: number;
}

/** In a large group, of the marks that moved, the caller's own. */
export async function readChanges(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, since }: ReadChanges,
): Promise<Omit<Changes, 'marks'> | Reset> {
  const em = chat.database.em.fork();
  const caller = await requireMembership(em, conversationId, callerId);
  const changes = await findChanges(chat, conversationId, since);
  if (!changes) throw new ChatError('not_found', 'no such conversation');
  if (changes.reset) return changes;
  const { marks, ...told } = changes;
  const own = marks.find((mark) => mark.userId === callerId);
  if (!own) return told;
  const user = await getUserOrFail(em, callerId);
  return { ...told, members: [...told.members, { ...memberView(caller, user), ...own }] };
}
