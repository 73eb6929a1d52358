import type { Conversation } from '../entities/conversation.ts';
import type { Friendship } from '../entities/friendship.ts';
import type { Membership } from '../entities/membership.ts';
import type { Message } from '../entities/message.ts';
import type { UnsentMessage } from '../entities/unsent-message.ts';
import type { User } from '../entities/user.ts';
import type { ConversationInfo, FriendshipView, MemberView, UserView } from './events.ts';
import { avatarLink, type UnlinkedMessage } from './media/media-links.ts';

/** What one knows about oneself. */
export interface OwnUserView extends UserView {
  readonly email: string | null;
  readonly verified: boolean;
  /** To take the place of `email` once it is verified, too. */
  readonly newEmail: string | null;
  readonly admin: boolean;
  readonly createdAt: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthday: string | null;
}

type Named = Pick<User, 'username' | 'displayName'>;

/** Its links are added last, by `chat.links`. */
export function messageView(message: Message | UnsentMessage): UnlinkedMessage {
  return {
    id: message.id,
    seq: message.seq,
    rev: message.rev,
    senderId: message.senderId,
    clientId: message.clientId ?? null,
    text: message.text,
    attachments: message.attachments ?? [],
    replyTo: message.replyTo ?? null,
    sentAt: message.createdAt.toISOString(),
    editedAt: message.editedAt?.toISOString() ?? null,
    deletedAt: message.deletedAt?.toISOString() ?? null,
  };
}

export function memberView(membership: Membership, user: Named): MemberView {
  return {
    userId: membership.userId,
    username: user.username,
    displayName: user.displayName,
    role: membership.role,
    joinedAt: membership.joinedAt.toISOString(),
    left: !membership.isActive,
    deliveredSeq: membership.deliveredSeq,
    readSeq: membership.readSeq,
  };
}

export function conversationInfo(conversation: Conversation): ConversationInfo {
  return {
    id: conversation.id,
    number: conversation.number,
    kind: conversation.kind,
    name: conversation.name,
    description: conversation.description,
    visibility: conversation.visibility,
    avatar: pictureOf(conversation),
  };
}

function pictureOf({ avatarId, avatarKey }: Pick<User, 'avatarId' | 'avatarKey'>): string | null {
  return avatarId && avatarKey ? avatarLink(avatarId, avatarKey) : null;
}

export function friendshipView(friendship: Friendship): FriendshipView {
  return {
    id: friendship.id,
    requesterId: friendship.requesterId,
    addresseeId: friendship.addresseeId,
    status: friendship.status,
    askedAt: friendship.askedAt.toISOString(),
    answeredAt: friendship.answeredAt?.toISOString() ?? null,
    changedAt: friendship.changedAt.toISOString(),
  };
}

export function userView(user: User): UserView {
  return {
    id: user.id,
    number: user.number,
    username: user.username,
    displayName: user.displayName,
    bot: user.bot,
    guest: user.guest,
    avatar: pictureOf(user),
    lastSeenAt: user.lastSeenAt?.toISOString() ?? null,
  };
}

export function ownUserView(user: User): OwnUserView {
  return {
    ...userView(user),
    email: user.email ?? null,
    verified: user.verified,
    newEmail: user.newEmail ?? null,
    admin: user.admin,
    createdAt: user.createdAt.toISOString(),
    firstName: user.firstName,
    lastName: user.lastName,
    phone: user.phone ?? null,
    birthday: user.birthday ?? null,
  };
}
