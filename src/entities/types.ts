/** The entities' types without their classes, for those who only speak of them. */
export type { ConversationKind, Visibility } from './conversation.ts';
export type { FriendshipStatus } from './friendship.ts';
export type { Role } from './membership.ts';
export type { StoredAttachment } from './message.ts';
