import type { Role } from '../entities/types.ts';
import { changeConversation, findMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { MemberView } from './events.ts';
import { giveRole, isLastOwner, requireGroup } from './membership-changes.ts';
import { getUserOrFail } from './user-lookup.ts';
import { memberView } from './views.ts';

export interface ChangeRole {
  readonly conversationId: string;
  readonly userId: string;
  readonly role: Role;
}

/**
 * Owners give roles, the owner's too: that is how a group is handed over. Owners are equals, so no owner takes
 * another's role away; each can step down, but not the last one.
 */
export function changeRole(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  { conversationId, userId, role }: ChangeRole,
): Promise<MemberView> {
  return changeConversation(chat, callerId, conversationId, async ({ em, conversation, caller, now }) => {
    requireGroup(conversation);
    if (caller.role !== 'owner') throw new ChatError('forbidden', 'owners give roles');
    const target = await findMembership(em, conversationId, userId);
    if (!target) throw new ChatError('not_found', 'no such member');
    const user = await getUserOrFail(em, userId);
    if (target.role === role) return { result: memberView(target, user), events: [] };
    if (target !== caller && !caller.outranks(target)) {
      throw new ChatError('forbidden', 'an owner steps down by themselves');
    }
    if (await isLastOwner(em, target)) throw new ChatError('last_owner', 'make somebody else an owner first');
    const event = giveRole({ conversation, now }, target, role, user);
    return { result: event.member, events: [event] };
  });
}
