import type {
  ConversationKind,
  FriendshipStatus,
  Role,
  StoredAttachment,
  Visibility,
} from '../entities/types.ts';

/** What anybody may know about a person. */
export interface UserView {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
  readonly guest: boolean;
  /** Where the picture is, relative to this server. */
  readonly avatar: string | null;
  readonly lastSeenAt: string | null;
}

/** A file with links that open it, for a day at the most, to whoever has them. Relative to this server. */
export interface AttachmentView extends StoredAttachment {
  readonly url: string;
  /** Null for what is not an image. */
  readonly thumbUrl: string | null;
}

/** A message as everybody sees it. Times are ISO 8601 in UTC; a deleted message has an empty text. */
export interface MessageView {
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  readonly senderId: string;
  readonly clientId: string | null;
  readonly text: string;
  readonly attachments: readonly AttachmentView[];
  readonly replyTo: number | null;
  readonly sentAt: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
}

export interface MarkView {
  readonly userId: string;
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

export interface MemberView extends MarkView {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly joinedAt: string;
  /** True once they left or were removed. */
  readonly left: boolean;
}

export interface ConversationInfo {
  readonly id: string;
  readonly number: number;
  readonly kind: ConversationKind;
  readonly name: string;
  /** Of a group: what it is about. Empty for a dialog. */
  readonly description: string;
  readonly visibility: Visibility;
  /** Of a group: where its picture is, relative to this server. */
  readonly avatar: string | null;
}

export interface FriendshipView {
  readonly id: string;
  readonly requesterId: string;
  readonly addresseeId: string;
  readonly status: FriendshipStatus;
  readonly askedAt: string;
  readonly answeredAt: string | null;
  readonly changedAt: string;
}

/**
 * The kept kinds. `rev` is a position: whoever has applied this event has everything of that conversation up
 * to and including `rev`.
 */
export type KeptEvent =
  | { type: 'message'; conversationId: string; rev: number; message: MessageView }
  | { type: 'changed'; conversationId: string; rev: number; message: MessageView }
  | { type: 'mark'; conversationId: string; rev: number; marks: readonly MarkView[] }
  | { type: 'member'; conversationId: string; rev: number; member: MemberView; memberCount: number }
  | { type: 'conversation'; conversationId: string; rev: number; conversation: ConversationInfo }
  /** Too much was missed: read the conversation again from its history. */
  | { type: 'reset'; conversationId: string; rev: number };

/** The passing kinds: true while they last, not worth catching up on. */
export type PassingEvent =
  | { type: 'typing'; conversationId: string; userId: string; on: boolean }
  | { type: 'presence'; userId: string; online: boolean; lastSeenAt: string | null }
  /** They have another name or picture. */
  | { type: 'user'; user: UserView };

/** Kept in its own row and repaired by the position check, but has no place in a conversation's order. */
export type FriendshipEvent = { type: 'friendship'; friendship: FriendshipView };

export type ChatEvent = KeptEvent | PassingEvent | FriendshipEvent;

export const KEPT_TYPES: ReadonlySet<string> = new Set<KeptEvent['type']>([
  'message',
  'changed',
  'mark',
  'member',
  'conversation',
  'reset',
]);

export function isKept(event: ChatEvent): event is KeptEvent {
  return KEPT_TYPES.has(event.type);
}

export const topics = {
  conversation: (id: string): string => `conversation.${id}`,
  user: (id: string): string => `user.${id}`,
  /** Sessions that have ended, told to every node. */
  sessions: 'sessions',
  /** Somebody came or went, or a public group did: a hint to look, see `Lobby`. */
  lobby: 'lobby',
};
