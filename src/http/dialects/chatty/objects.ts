import type { Chat } from '../../../chat/chat.ts';
import type { MessageView } from '../../../chat/events.ts';
import {
  findLobbyPeople,
  type LobbyGroup,
  type LobbyPerson,
  listPeopleIn,
} from '../../../chat/lobby/groups.ts';
import { readPage } from '../../../chat/read-page.ts';
import { plainText } from '../plain-text.ts';
import { LAST_MESSAGES } from './limits.ts';

export interface UserObject {
  readonly user: string;
  readonly verified: boolean;
  readonly admin: boolean;
  readonly bot: boolean;
}

export interface MessageObject extends UserObject {
  readonly chat: string;
  readonly id: number;
  readonly text: string;
  readonly time: number;
}

export interface ChatReport {
  readonly user: string;
  readonly chat: string;
  readonly joined: boolean;
  readonly messages: readonly MessageObject[];
  readonly users: readonly UserObject[];
}

type Needs = Pick<Chat, 'database' | 'links' | 'admins' | 'publicUrl'>;

/** Somebody of whom nothing is known any more. */
const NOBODY: LobbyPerson = { name: '', verified: false, admin: false, bot: false };

export function seconds(time: string | Date): number {
  return Math.floor(new Date(time).getTime() / 1_000);
}

/** Here nobody is an admin whose address is not proven. */
export function userObject({ name: user, verified, admin, bot }: LobbyPerson): UserObject {
  return { user, verified, admin: admin && verified, bot };
}

export function messageObject(
  chat: Pick<Chat, 'publicUrl'>,
  groupName: string,
  message: Pick<MessageView, 'id' | 'text' | 'attachments' | 'sentAt'>,
  sender: LobbyPerson = NOBODY,
): MessageObject {
  return {
    ...userObject(sender),
    chat: groupName,
    id: message.id,
    text: plainText(chat, message),
    time: seconds(message.sentAt),
  };
}

/** The newest, oldest first. */
export async function lastMessages(
  chat: Needs,
  callerId: string,
  { id: conversationId, name }: Pick<LobbyGroup, 'id' | 'name'>,
): Promise<MessageObject[]> {
  const page = await readPage(chat, callerId, { conversationId, offset: 0, limit: LAST_MESSAGES });
  const senders = await findLobbyPeople(
    chat,
    page.map((message) => message.senderId),
  );
  return page.reverse().map((message) => messageObject(chat, name, message, senders.get(message.senderId)));
}

export async function usersIn(chat: Needs, conversationId: string): Promise<UserObject[]> {
  return (await listPeopleIn(chat, conversationId)).map(userObject);
}

/** What a chat holds is for those who have joined it. */
export async function chatReport(chat: Needs, callerId: string, group: LobbyGroup): Promise<ChatReport> {
  const people = await findLobbyPeople(chat, [callerId]);
  return {
    user: people.get(callerId)?.name ?? '',
    chat: group.name,
    joined: group.joined,
    messages: group.joined ? await lastMessages(chat, callerId, group) : [],
    users: group.joined ? await usersIn(chat, group.id) : [],
  };
}
