import type { Chat } from '../../../chat/chat.ts';
import type { NamedPerson } from '../../../chat/conversation-people.ts';
import type { MessageView } from '../../../chat/events.ts';
import type { Acquaintance } from '../../../chat/find-everybody.ts';
import type { Reach } from '../../../chat/receipts.ts';
import { plainText } from '../plain-text.ts';

/** A person or a group, as a list of chats shows it. */
export interface WireChat {
  readonly type: 'dialog' | 'group';
  /** The other's login, or the group's number. */
  readonly id: string;
  readonly name: string;
  readonly last_message: string;
  readonly unread: number;
}

export interface WireMessage {
  readonly id: number;
  readonly sender: string;
  /** In a dialog. */
  readonly receiver?: string;
  readonly text: string;
  readonly status: Reach;
  readonly time: string;
}

export interface UserStatus {
  readonly user_login: string;
  readonly is_online: boolean;
  /** Null for who was never here. */
  readonly last_seen: string | null;
}

type Texts = Pick<Chat, 'publicUrl'>;

/** Besides what a chat must have, what later clients ask of it. */
export function chatOf(chat: Texts, entry: Acquaintance): WireChat & Record<string, unknown> {
  const { kind, number, username, name, lastMessage, lastSender, unreadCount, online, lastSeenAt } = entry;
  return {
    type: kind,
    id: username ?? String(number),
    name,
    last_message: lastMessage === null ? '' : plainText(chat, lastMessage),
    unread: unreadCount,
    receiver_id: number,
    receiver_name: name,
    ...(lastMessage !== null && {
      last_message_time: lastMessage.sentAt,
      last_message_sender: lastSender,
    }),
    ...(kind === 'dialog' && { is_online: online, last_seen: lastSeen(online, lastSeenAt) }),
  };
}

export interface MessageFacts {
  readonly sender: string;
  readonly receiver?: string | undefined;
  readonly status: Reach;
}

export function messageOf(
  chat: Texts,
  message: MessageView,
  { sender, receiver, status }: MessageFacts,
): WireMessage {
  return {
    id: message.id,
    sender,
    ...(receiver !== undefined && { receiver }),
    text: plainText(chat, message),
    status,
    time: message.sentAt,
  };
}

/** As a socket tells it: in which conversation is known there. */
export function newMessage(
  chat: Texts,
  message: MessageView,
  { sender, status }: MessageFacts,
): Omit<WireMessage, 'receiver'> {
  const { id, sentAt: time } = message;
  return { id, text: plainText(chat, message), sender, status, time };
}

export function userStatus(login: string, online: boolean, lastSeenAt: string | null): UserStatus {
  return { user_login: login, is_online: online, last_seen: lastSeen(online, lastSeenAt) };
}

/** Of a dialog's two people (of one with oneself there is one) the other. */
export function otherOf(people: readonly NamedPerson[], userId: string): NamedPerson | undefined {
  return people.find((each) => each.id !== userId) ?? people[0];
}

/** Who is here was last seen now. */
function lastSeen(online: boolean, lastSeenAt: string | null): string | null {
  return online ? new Date().toISOString() : lastSeenAt;
}
