import { Membership } from '../entities/membership.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { MemberView } from './events.ts';
import { findInvited } from './invite.ts';
import { changeByEntering, enter, type MemberEvent, requireGroup } from './membership-changes.ts';
import { memberView } from './views.ts';

export interface AddMembers {
  readonly conversationId: string;
  readonly userIds: readonly string[];
}

/**
 * Owners and admins take people in, into public groups too: everybody else can pass a public group's id on,
 * and whoever wants to be in it joins. Who is in already stays as they are. Answers all who were named.
 */
export function addMembers(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  { conversationId, userIds }: AddMembers,
): Promise<MemberView[]> {
  return changeByEntering(chat, conversationId, async (locked) => {
    const caller = await requireMembership(locked.em, conversationId, callerId);
    requireGroup(locked.conversation);
    if (!caller.managesGroup) throw new ChatError('forbidden', 'owners and admins add people');
    const users = await findInvited(locked.em, callerId, userIds);
    const known = await locked.em.find(Membership, { conversationId, userId: users.map((user) => user.id) });
    const places = new Map(known.map((membership) => [membership.userId, membership]));
    const events: MemberEvent[] = [];
    const result = users.map((user) => {
      const place = places.get(user.id) ?? null;
      if (place?.isActive) return memberView(place, user);
      const { event } = enter(locked, user, place);
      events.push(event);
      return event.member;
    });
    return { result, events };
  });
}
