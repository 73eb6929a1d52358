import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../../entities/conversation.ts';
import { databaseNow, query } from '../../entities/database.ts';
import { Membership } from '../../entities/membership.ts';
import { User } from '../../entities/user.ts';
import { announceAll, conversationAt } from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { leave } from '../membership-changes.ts';
import { conversationInfo } from '../views.ts';
import { appendToLobby, hintToLobby } from './log.ts';

/**
 * Everybody is out of a public group, and nobody finds it any more. Whoever calls this has asked whether they may: no
 * owner does this alone. What was said is kept for whoever opens it again.
 */
export async function closeGroup(
  chat: Pick<Chat, 'database' | 'announcer' | 'bus'>,
  conversationId: string,
): Promise<void> {
  const { conversation, events } = await chat.database.em.fork().transactional(async (em) => {
    const conversation = await em.findOne(
      Conversation,
      { id: conversationId, visibility: 'public' },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    if (!conversation) throw new ChatError('not_found', 'no such group');
    const now = await databaseNow(em);
    const places = await em.find(
      Membership,
      { conversationId, leftAt: null },
      { orderBy: { joinedRev: 'asc' } },
    );
    const users = await em.find(User, { id: places.map((place) => place.userId) });
    const byId = new Map(users.map((user) => [user.id, user]));
    const locked = { em, conversation, now };
    const events = places.map((place) => leave(locked, place, byId.get(place.userId)!));
    conversation.visibility = 'private';
    conversation.closedAt = now;
    conversation.infoRev = conversation.nextRev(now);
    await query(
      em,
      `update lobby_seat set until_position = (select position from lobby), until_seq = $2
       where conversation_id = $1 and until_position is null`,
      [conversationId, conversation.lastSeq],
    );
    await appendToLobby(em, [{ kind: 'closed', groupName: conversation.name }]);
    return { conversation, events };
  });
  const { infoRev: rev } = conversation;
  const info = conversationInfo(conversation);
  await announceAll(chat.announcer, conversationAt(conversation), [
    ...events,
    { type: 'conversation', conversationId, rev, conversation: info },
  ]);
  // They are no longer among the members, and learn it from their own event.
  for (const event of events) chat.announcer.tell(event.member.userId, event);
  hintToLobby(chat);
}
