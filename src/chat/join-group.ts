import { Conversation } from '../entities/conversation.ts';
import { Membership } from '../entities/membership.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { changeByEntering, enter } from './membership-changes.ts';
import { getUserOrFail } from './user-lookup.ts';

/**
 * Members come back to their group, anybody enters a public one. To strangers a private group does not exist.
 * The first to enter a public group that everybody has left owns it: a group needs somebody to look after it.
 */
export async function joinGroup(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  conversationId: string,
): Promise<Membership> {
  const em = chat.database.em.fork();
  const conversation = await em.findOne(Conversation, { id: conversationId, kind: 'group' });
  if (!conversation) throw noSuchGroup();
  const place = await em.findOne(Membership, { conversationId, userId: callerId });
  if (place?.isActive) return place;
  return changeByEntering(chat, conversationId, async (locked) => {
    const place = await locked.em.findOne(Membership, { conversationId, userId: callerId });
    // A second device was faster.
    if (place?.isActive) return { result: place, events: [] };
    if (locked.conversation.visibility !== 'public') throw noSuchGroup();
    const role = locked.conversation.memberCount === 0 ? 'owner' : 'member';
    const user = await getUserOrFail(locked.em, callerId);
    const { membership, event } = enter(locked, user, place, role);
    return { result: membership, events: [event] };
  });
}

function noSuchGroup(): ChatError {
  return new ChatError('not_found', 'no such group');
}
