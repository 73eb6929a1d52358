import { randomUUID } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../../entities/conversation.ts';
import { databaseNow, type EntityManager, query } from '../../entities/database.ts';
import { Membership } from '../../entities/membership.ts';
import { announceAll, conversationAt } from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { announceNew, enter } from '../membership-changes.ts';
import { getUserOrFail } from '../user-lookup.ts';
import { conversationInfo } from '../views.ts';
import { findPublicByName } from './groups.ts';
import { appendToLobby, hintToLobby } from './log.ts';

type Needs = Pick<Chat, 'database' | 'announcer' | 'bus'>;

export interface OpenGroup {
  readonly name: string;
  readonly ownerId: string;
}

/** Any number will do, as long as every node uses the same and no other lock of ours does. */
const NAME_LOCKS = 726_584;

/**
 * A public group under a name that no other has. One of that name that was closed is opened again, with what was said
 * in it. Answers its id.
 */
export async function openGroup(chat: Needs, { name, ownerId }: OpenGroup): Promise<string> {
  const { conversation, isNew } = await chat.database.em.fork().transactional(async (em) => {
    await query(em, 'select pg_advisory_xact_lock($1::int, hashtext($2))', [NAME_LOCKS, name]);
    if (await findPublicByName(em, name))
      throw new ChatError('conflict', 'there is a public group of this name');
    const closed = await em.findOne(
      Conversation,
      { name, closedAt: { $ne: null } },
      { orderBy: { closedAt: 'desc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const conversation = closed ?? (await addGroup(em, name));
    const now = await databaseNow(em);
    conversation.visibility = 'public';
    conversation.closedAt = null;
    conversation.infoRev = conversation.nextRev(now);
    const place = await em.findOne(Membership, { conversationId: conversation.id, userId: ownerId });
    enter({ em, conversation, now }, await getUserOrFail(em, ownerId), place, 'owner');
    await appendToLobby(em, [{ kind: 'opened', groupName: name }]);
    return { conversation, isNew: closed === null };
  });
  const info = conversationInfo(conversation);
  if (isNew) announceNew(chat.announcer, info, [ownerId]);
  else {
    const { id: conversationId, infoRev: rev } = conversation;
    const event = { type: 'conversation', conversationId, rev, conversation: info } as const;
    await announceAll(chat.announcer, conversationAt(conversation), [event]);
  }
  hintToLobby(chat);
  return conversation.id;
}

async function addGroup(em: EntityManager, name: string): Promise<Conversation> {
  const now = await databaseNow(em);
  const conversation = em.create(
    Conversation,
    { id: randomUUID(), kind: 'group', name, changedAt: now, createdAt: now },
    { partial: true },
  );
  // The entities do not know of the foreign key: the conversation has to be written first.
  await em.flush();
  return conversation;
}
