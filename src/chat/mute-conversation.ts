import { Membership } from '../entities/membership.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

export interface MuteConversation {
  readonly conversationId: string;
  readonly muted: boolean;
}

/**
 * One's own affair: it changes nothing that others can see, so it takes no `rev` and is announced to nobody.
 * Messages still arrive and count as unread; not ringing is up to the client.
 */
export async function muteConversation(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { conversationId, muted }: MuteConversation,
): Promise<void> {
  const changed = await chat.database.em
    .fork()
    .nativeUpdate(Membership, { conversationId, userId: callerId, leftAt: null }, { muted });
  if (changed === 0) throw new ChatError('not_found', 'no such conversation');
}
