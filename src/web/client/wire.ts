// What the server says, as docs/protocol.md and /docs describe it. Written out here, because a page is another program
// than the server and is given nothing of it.

export type ConversationKind = 'dialog' | 'group';
export type Visibility = 'public' | 'private';
export type Role = 'owner' | 'admin' | 'member';
export type FriendshipStatus = 'pending' | 'accepted' | 'rejected' | 'ended';

export interface User {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean;
  readonly guest: boolean;
  /** Relative to the server; `&size=thumb` makes it smaller. */
  readonly avatar: string | null;
  readonly lastSeenAt: string | null;
}

export interface OwnUser extends User {
  readonly email: string | null;
  readonly verified: boolean;
  readonly admin: boolean;
  readonly createdAt: string;
}

/** Links are relative to the server and good for 12 to 24 hours. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly url: string;
  readonly thumbUrl: string | null;
}

export interface Message {
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  readonly senderId: string;
  readonly clientId: string | null;
  /** Empty once deleted. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly replyTo: number | null;
  readonly sentAt: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
}

export interface Mark {
  readonly userId: string;
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

export interface Member extends Mark {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly joinedAt: string;
  readonly left: boolean;
}

export interface ConversationInfo {
  readonly id: string;
  readonly number: number;
  readonly kind: ConversationKind;
  /** Empty for a dialog. */
  readonly name: string;
  /** What a group is about. */
  readonly description: string;
  readonly visibility: Visibility;
}

/** A conversation as one of its members sees it in a list. */
export interface Conversation extends ConversationInfo {
  /** The other person of a dialog. */
  readonly peer: User | null;
  readonly role: Role;
  readonly muted: boolean;
  readonly memberCount: number;
  readonly lastSeq: number;
  /** Everything up to here is in this picture. */
  readonly rev: number;
  readonly lastMessage: Message | null;
  readonly unreadCount: number;
  /** One's own marks. */
  readonly deliveredSeq: number;
  readonly readSeq: number;
  readonly changedAt: string;
}

export interface FriendshipFacts {
  readonly id: string;
  readonly requesterId: string;
  readonly addresseeId: string;
  readonly status: FriendshipStatus;
  readonly askedAt: string;
  readonly answeredAt: string | null;
  readonly changedAt: string;
}

/** A friendship as one of the two sees it. */
export interface Friendship extends FriendshipFacts {
  /** The other person. */
  readonly user: User;
  readonly ownStatus: FriendshipStatus;
  readonly otherStatus: FriendshipStatus;
}

export interface ListedFriendship extends Friendship {
  readonly online: boolean;
  readonly lastSeenAt: string | null;
}

interface At {
  readonly conversationId: string;
  readonly rev: number;
}

/** What happened in a conversation and has a place in its order. */
export type KeptEvent =
  | (At & { readonly type: 'message' | 'changed'; readonly message: Message })
  | (At & { readonly type: 'mark'; readonly marks: readonly Mark[] })
  | (At & { readonly type: 'member'; readonly member: Member; readonly memberCount: number })
  | (At & { readonly type: 'conversation'; readonly conversation: ConversationInfo })
  | (At & { readonly type: 'reset' });

export interface PresenceEvent {
  readonly type: 'presence';
  readonly userId: string;
  readonly online: boolean;
  readonly lastSeenAt: string | null;
}

export interface TypingEvent {
  readonly type: 'typing';
  readonly conversationId: string;
  readonly userId: string;
  readonly on: boolean;
}

/** They have another name or picture. */
export interface UserEvent {
  readonly type: 'user';
  readonly user: User;
}

export interface FriendshipEvent {
  readonly type: 'friendship';
  readonly friendship: FriendshipFacts;
}

export type ServerEvent = KeptEvent | PresenceEvent | TypingEvent | UserEvent | FriendshipEvent;

export type Changes =
  | {
      readonly reset: false;
      readonly rev: number;
      readonly lastSeq: number;
      readonly memberCount: number;
      readonly messages: readonly Message[];
      readonly members: readonly Member[];
      readonly conversation: ConversationInfo | null;
    }
  | { readonly reset: true; readonly rev: number; readonly lastSeq: number; readonly memberCount: number };

export interface History {
  /** Ascending by `seq`. */
  readonly items: readonly Message[];
  readonly more: boolean;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Sent {
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  readonly sentAt: string;
  readonly duplicate: boolean;
}

/** Where a room's live events go on from: an inbox names each conversation, a conversation's room only its own. */
export interface Ready extends Partial<At> {
  readonly positions?: readonly At[];
}
