import { changeConversation, findMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { leaveConversation } from './leave-conversation.ts';
import { leave, requireGroup } from './membership-changes.ts';
import { getUserOrFail } from './user-lookup.ts';

export interface RemoveMember {
  readonly conversationId: string;
  readonly userId: string;
}

/** Owners remove admins and members, admins remove members. Removing oneself is leaving. */
export function removeMember(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  { conversationId, userId }: RemoveMember,
): Promise<void> {
  if (userId === callerId) return leaveConversation(chat, callerId, { conversationId });
  return changeConversation(chat, callerId, conversationId, async (locked) => {
    const { em, conversation, caller } = locked;
    requireGroup(conversation);
    const target = await findMembership(em, conversationId, userId);
    if (!target) throw new ChatError('not_found', 'no such member');
    if (!caller.outranks(target)) throw new ChatError('forbidden', 'only who outranks somebody removes them');
    const event = leave(locked, target, await getUserOrFail(em, userId));
    return { result: undefined, events: [event], alsoTell: [userId] };
  });
}
