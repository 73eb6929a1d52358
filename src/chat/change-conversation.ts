import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../entities/conversation.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Membership } from '../entities/membership.ts';
import type { Announcer, ConversationAt } from './announcer.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { KeptEvent } from './events.ts';
import { noteMembers } from './lobby/note-members.ts';

/** A conversation that nobody else can change until the transaction ends. */
export interface LockedConversation {
  readonly em: EntityManager;
  readonly conversation: Conversation;
  /** The caller's own place in it. */
  readonly caller: Membership;
  readonly now: Date;
}

export interface Change<Result> {
  readonly result: Result;
  /** In the order of their `rev`. */
  readonly events: readonly KeptEvent[];
  /** People outside the conversation who are told too: those who have just left it. */
  readonly alsoTell?: readonly string[];
}

export interface Preparation {
  /** In the same transaction, before the conversation is locked. */
  readonly first?: (em: EntityManager) => Promise<unknown>;
}

type Needs = Pick<Chat, 'database' | 'announcer'>;

/**
 * Check, change, commit, announce. The conversation is looked up through the caller's membership: for
 * everybody else it does not exist.
 */
export async function changeConversation<Result>(
  chat: Needs,
  callerId: string,
  conversationId: string,
  change: (locked: LockedConversation) => Promise<Change<Result>>,
  { first }: Preparation = {},
): Promise<Result> {
  const { at, outcome } = await chat.database.em.fork().transactional(async (em) => {
    await first?.(em);
    return changeLocked(em, callerId, conversationId, change);
  });
  await announceAll(chat.announcer, at, outcome.events, outcome.alsoTell);
  return outcome.result;
}

/** In a transaction of the caller's, who announces it after the commit. */
export async function changeLocked<Result>(
  em: EntityManager,
  callerId: string,
  conversationId: string,
  change: (locked: LockedConversation) => Promise<Change<Result>>,
): Promise<{ at: ConversationAt; outcome: Change<Result> }> {
  const conversation = await em.findOne(Conversation, conversationId, {
    lockMode: LockMode.PESSIMISTIC_WRITE,
  });
  const caller = conversation && (await findMembership(em, conversationId, callerId));
  if (!conversation || !caller) throw new ChatError('not_found', 'no such conversation');
  const outcome = await change({ em, conversation, caller, now: await databaseNow(em) });
  const gone = outcome.events.flatMap((event) =>
    event.type === 'member' && event.member.left ? [event.member] : [],
  );
  await noteMembers(em, conversation, 'left', gone);
  return { at: conversationAt(conversation), outcome };
}

/** Only an active one: who left has no place any more. */
export function findMembership(
  em: EntityManager,
  conversationId: string,
  userId: string,
): Promise<Membership | null> {
  return em.findOne(Membership, { conversationId, userId, leftAt: null });
}

/** The way to a conversation from outside: for whoever is not in it, it does not exist. */
export async function requireMembership(
  em: EntityManager,
  conversationId: string,
  userId: string,
): Promise<Membership> {
  const membership = await findMembership(em, conversationId, userId);
  if (!membership) throw new ChatError('not_found', 'no such conversation');
  return membership;
}

export function conversationAt(conversation: Conversation): ConversationAt {
  return {
    conversationId: conversation.id,
    membersRev: conversation.membersRev,
    memberCount: conversation.memberCount,
  };
}

export async function announceAll(
  announcer: Announcer,
  at: ConversationAt,
  events: readonly KeptEvent[],
  alsoTell: readonly string[] = [],
): Promise<void> {
  await announcer.prepare([at]);
  for (const event of events) {
    announcer.announce(at, event);
    for (const userId of alsoTell) announcer.tell(userId, event);
  }
}
