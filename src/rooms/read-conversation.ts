import type { Chat } from '../chat/chat.ts';
import { ChatError } from '../chat/errors.ts';
import type { MemberView } from '../chat/events.ts';
import { SMALL_GROUP } from '../chat/limits.ts';
import { memberView } from '../chat/views.ts';
import { Conversation } from '../entities/conversation.ts';
import { Membership } from '../entities/membership.ts';
import { User } from '../entities/user.ts';

export interface ConversationPicture {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly rev: number;
  readonly lastSeq: number;
  readonly memberCount: number;
  /** Empty for a large group. */
  readonly members: readonly MemberView[];
  readonly online: ReadonlySet<string>;
}

/** What a room shows of a conversation at first. Who may see it was asked before. */
export async function readConversation(
  chat: Pick<Chat, 'database' | 'presence'>,
  conversationId: string,
): Promise<ConversationPicture> {
  const em = chat.database.em.fork();
  const conversation = await em.findOne(Conversation, conversationId);
  if (!conversation) throw new ChatError('not_found', 'no such conversation');
  const { kind, name, description, rev, lastSeq, memberCount } = conversation;
  const picture = { kind, name, description, rev, lastSeq, memberCount };
  if (memberCount > SMALL_GROUP) return { ...picture, members: [], online: new Set() };
  const memberships = await em.find(Membership, { conversationId, leftAt: null });
  const users = await em.find(User, { id: { $in: memberships.map((each) => each.userId) } });
  const byId = new Map(users.map((user) => [user.id, user]));
  const members = memberships.flatMap((membership) => {
    const user = byId.get(membership.userId);
    return user ? [memberView(membership, user)] : [];
  });
  return { ...picture, members, online: await chat.presence.online(members.map((member) => member.userId)) };
}
