import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../entities/conversation.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Membership } from '../entities/membership.ts';
import type { User } from '../entities/user.ts';
import type { ConversationAt } from './announcer.ts';
import { conversationAt } from './change-conversation.ts';
import { ChatError, type ErrorDetail } from './errors.ts';
import { giveRole, isLastOwner, type Locked, leave, type MemberEvent } from './membership-changes.ts';
import { getUserOrFail } from './user-lookup.ts';

export interface LeftGroup {
  readonly at: ConversationAt;
  /** In the order of their `rev`. */
  readonly events: readonly MemberEvent[];
}

export interface LeavingGroups {
  /** Makes somebody else an owner where they are the last one. */
  readonly handOver?: boolean;
}

/**
 * For a transaction of the caller's, who announces what is answered. Refuses, naming the groups, while there are
 * people in one who would be left without an owner; unless those are handed over.
 */
export async function leaveAllGroups(
  em: EntityManager,
  user: User,
  { handOver = false }: LeavingGroups = {},
): Promise<LeftGroup[]> {
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
    const locked = { em, conversation, now };
    const isNeeded = conversation.memberCount > 1 && (await isLastOwner(em, place));
    if (isNeeded && !handOver) needed.push({ path: conversation.id, message: conversation.name });
    else {
      const events = isNeeded ? [await appointHeir(locked, place)] : [];
      events.push(leave(locked, place, user));
      left.push({ at: conversationAt(conversation), events });
    }
  }
  if (needed.length > 0)
    throw new ChatError('last_owner', 'make somebody else an owner of your groups first', needed);
  return left;
}

/** Whoever looks after the group already, else whoever has been in it longest. */
export async function appointHeir(locked: Locked, owner: Membership): Promise<MemberEvent> {
  const { em, conversation } = locked;
  const others = { conversationId: conversation.id, leftAt: null, userId: { $ne: owner.userId } };
  const oldest = { orderBy: { joinedRev: 'asc', userId: 'asc' } } as const;
  const heir =
    (await em.findOne(Membership, { ...others, role: 'admin' }, oldest)) ??
    (await em.findOneOrFail(Membership, others, oldest));
  return giveRole(locked, heir, 'owner', await getUserOrFail(em, heir.userId));
}
