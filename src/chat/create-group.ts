import { randomUUID } from 'node:crypto';
import { Conversation } from '../entities/conversation.ts';
import { databaseNow } from '../entities/database.ts';
import { Membership } from '../entities/membership.ts';
import type { Chat } from './chat.ts';
import type { CreateGroup } from './inputs/conversations.ts';
import { findInvited } from './invite.ts';
import { hintToLobby } from './lobby/log.ts';
import { noteGroup } from './lobby/note-group.ts';
import { announceNew } from './membership-changes.ts';
import { conversationInfo } from './views.ts';

/** Whoever makes a group owns it. Answers the new conversation's id. */
export async function createGroup(
  chat: Pick<Chat, 'database' | 'announcer' | 'bus'>,
  callerId: string,
  { name, description = '', visibility, members }: CreateGroup,
): Promise<string> {
  const { conversation, userIds, isNews } = await chat.database.em.fork().transactional(async (em) => {
    const invited = await findInvited(em, callerId, members);
    const userIds = [...new Set([callerId, ...invited.map((user) => user.id)])];
    const now = await databaseNow(em);
    const first = { rev: 1, infoRev: 1, membersRev: 1 };
    const conversation = em.create(Conversation, {
      id: randomUUID(),
      kind: 'group',
      name,
      description,
      visibility,
      memberCount: userIds.length,
      changedAt: now,
      createdAt: now,
      ...first,
    });
    // The entities do not know of the foreign key: the conversation has to be written first.
    await em.flush();
    for (const userId of userIds) {
      const role = userId === callerId ? 'owner' : 'member';
      const place = {
        conversationId: conversation.id,
        userId,
        role,
        joinedAt: now,
        joinedRev: 1,
        rev: 1,
        placeRev: 1,
      } as const;
      // `partial`, because the types take the getters of the entity for columns.
      em.create(Membership, place, { partial: true });
    }
    const isNews = await noteGroup(em, conversation, undefined);
    return { conversation, userIds, isNews };
  });
  announceNew(chat.announcer, conversationInfo(conversation), userIds);
  if (isNews) hintToLobby(chat);
  return conversation.id;
}
