import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../entities/conversation.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Membership } from '../entities/membership.ts';
import type { User } from '../entities/user.ts';
import type { ConversationAt } from './announcer.ts';
import { conversationAt } from './change-conversation.ts';
import { ChatError, type ErrorDetail } from './errors.ts';
import { isLastOwner, leave, type MemberEvent } from './membership-changes.ts';

export interface LeftGroup {
  readonly at: ConversationAt;
  readonly event: MemberEvent;
}

/**
 * For a transaction of the caller's, who announces what is answered. Refuses, naming the groups, while there are
 * people in one who would be left without an owner.
 */
export async function leaveAllGroups(em: EntityManager, user: User): Promise<LeftGroup[]> {
  const places = await em.find(Membership, { userId: user.id, leftAt: null });
  // In the order in which the writers lock them, so that nobody waits in a circle.
  const groups = await em.find(
    Conversation,
    { id: places.map((place) => place.conversationId), kind: 'group' },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const now = await databaseNow(em);
  const left: LeftGroup[] = [];
  const needed: ErrorDetail[] = [];
  for (const conversation of groups) {
    // Read again, for it is certain only now that the group stands still.
    const place = await em.findOne(
      Membership,
      { conversationId: conversation.id, userId: user.id, leftAt: null },
      { refresh: true },
    );
    if (!place) continue;
    if (conversation.memberCount > 1 && (await isLastOwner(em, place))) {
      needed.push({ path: conversation.id, message: conversation.name });
    } else {
      const event = leave({ em, conversation, now }, place, user);
      left.push({ at: conversationAt(conversation), event });
    }
  }
  if (needed.length > 0)
    throw new ChatError('last_owner', 'make somebody else an owner of your groups first', needed);
  return left;
}
