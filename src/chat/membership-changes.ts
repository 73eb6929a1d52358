import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../entities/conversation.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Membership, type Role } from '../entities/membership.ts';
import type { User } from '../entities/user.ts';
import type { Announcer } from './announcer.ts';
import { announceAll, conversationAt, type Preparation } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { ConversationInfo, KeptEvent } from './events.ts';
import { MAX_MEMBERS, SMALL_GROUP } from './limits.ts';
import { noteMembers } from './lobby/note-members.ts';
import { introduce } from './presence-change.ts';
import { conversationInfo, memberView } from './views.ts';

export type MemberEvent = Extract<KeptEvent, { type: 'member' }>;

/** A conversation that nobody else can change until the transaction ends. */
export interface Locked {
  readonly em: EntityManager;
  readonly conversation: Conversation;
  readonly now: Date;
}

/** Nobody has a new conversation open yet, so people are told, each of them, however large it is. */
export function announceNew(
  announcer: Announcer,
  conversation: ConversationInfo,
  userIds: readonly string[],
): void {
  const event: KeptEvent = { type: 'conversation', conversationId: conversation.id, rev: 1, conversation };
  for (const userId of userIds) announcer.tell(userId, event);
}

export interface Entered<Result> {
  readonly result: Result;
  readonly events: readonly MemberEvent[];
}

/**
 * Like `changeConversation`, for people who come in: the caller need not be a member, and each newcomer is
 * told of the conversation, as it stood before them, ahead of anything that happens in it.
 */
export async function changeByEntering<Result>(
  chat: Pick<Chat, 'database' | 'announcer'>,
  conversationId: string,
  change: (locked: Locked) => Promise<Entered<Result>>,
  { first }: Preparation = {},
): Promise<Result> {
  const { conversation, entered } = await chat.database.em.fork().transactional(async (em) => {
    await first?.(em);
    const conversation = await em.findOne(Conversation, conversationId, {
      lockMode: LockMode.PESSIMISTIC_WRITE,
    });
    if (!conversation) throw new ChatError('not_found', 'no such conversation');
    const entered = await change({ em, conversation, now: await databaseNow(em) });
    const newcomers = entered.events.map((event) => event.member.userId);
    if (conversation.memberCount <= SMALL_GROUP) await introduce(em, newcomers);
    const members = entered.events.map((event) => event.member);
    await noteMembers(em, conversation, 'joined', members);
    return { conversation, entered };
  });
  const at = conversationAt(conversation);
  const info = conversationInfo(conversation);
  for (const { rev, member } of entered.events) {
    const event: KeptEvent = { type: 'conversation', conversationId, rev: rev - 1, conversation: info };
    chat.announcer.tell(member.userId, event);
  }
  await announceAll(chat.announcer, at, entered.events);
  const last = entered.events.at(-1);
  const before = at.memberCount - entered.events.length;
  if (last && at.memberCount > SMALL_GROUP && before <= SMALL_GROUP) await chat.announcer.tellEach(at, last);
  return entered.result;
}

/**
 * Takes somebody in, or in again: whoever left keeps their row. What was said before is theirs to read, but
 * neither unread nor waiting to be delivered.
 */
export function enter(
  { em, conversation, now }: Locked,
  user: User,
  earlier: Membership | null,
  role: Role = 'member',
): { membership: Membership; event: MemberEvent } {
  if (conversation.memberCount >= MAX_MEMBERS) throw new ChatError('conflict', 'this group is full');
  conversation.memberCount += 1;
  const rev = nextMembersRev(conversation, now);
  const { id: conversationId, lastSeq } = conversation;
  const place = {
    role,
    joinedAt: now,
    joinedRev: rev,
    joinedSeq: lastSeq,
    leftAt: null,
    deliveredSeq: lastSeq,
    readSeq: lastSeq,
    rev,
    placeRev: rev,
  };
  const membership = earlier
    ? em.assign(earlier, place)
    : // `partial`, because the types take the getters of the entity for columns.
      em.create(Membership, { conversationId, userId: user.id, ...place }, { partial: true });
  return { membership, event: memberEvent(conversation, membership, user) };
}

/** The row stays, so that `changes` can tell it; the role does not. */
export function leave({ conversation, now }: Locked, membership: Membership, user: User): MemberEvent {
  conversation.memberCount -= 1;
  membership.leftAt = now;
  membership.role = 'member';
  membership.rev = membership.placeRev = nextMembersRev(conversation, now);
  return memberEvent(conversation, membership, user);
}

export function giveRole(
  { conversation, now }: Pick<Locked, 'conversation' | 'now'>,
  membership: Membership,
  role: Role,
  user: User,
): MemberEvent {
  membership.role = role;
  membership.rev = membership.placeRev = conversation.nextRev(now);
  return memberEvent(conversation, membership, user);
}

export function memberEvent(conversation: Conversation, membership: Membership, user: User): MemberEvent {
  return {
    type: 'member',
    conversationId: conversation.id,
    rev: membership.rev,
    member: memberView(membership, user),
    memberCount: conversation.memberCount,
  };
}

export function requireGroup(conversation: Conversation): void {
  if (conversation.kind !== 'group') throw new ChatError('bad_request', 'a dialog always has its two people');
}

/** Whether they are the only owner: a group that has people keeps somebody who can look after it. */
export async function isLastOwner(em: EntityManager, membership: Membership): Promise<boolean> {
  if (membership.role !== 'owner') return false;
  const { conversationId } = membership;
  return (await em.count(Membership, { conversationId, role: 'owner', leftAt: null })) === 1;
}

function nextMembersRev(conversation: Conversation, now: Date): number {
  conversation.membersRev = conversation.nextRev(now);
  return conversation.membersRev;
}
