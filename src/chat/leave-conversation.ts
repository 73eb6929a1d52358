import { changeConversation } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { isLastOwner, leave, requireGroup } from './membership-changes.ts';
import { getUserOrFail } from './user-lookup.ts';

/** Only groups are left. The last owner hands over first, unless nobody else is there. */
export function leaveConversation(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  { conversationId }: { readonly conversationId: string },
): Promise<void> {
  return changeConversation(chat, callerId, conversationId, async (locked) => {
    const { em, conversation, caller } = locked;
    requireGroup(conversation);
    if (conversation.memberCount > 1 && (await isLastOwner(em, caller))) {
      throw new ChatError('last_owner', 'make somebody else an owner first');
    }
    const event = leave(locked, caller, await getUserOrFail(em, callerId));
    return { result: undefined, events: [event], alsoTell: [callerId] };
  });
}
