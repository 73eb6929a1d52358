import type { Chat } from '../../../chat/chat.ts';
import { findConversationPeople } from '../../../chat/conversation-people.ts';
import { ChatError } from '../../../chat/errors.ts';
import { listDialogs } from '../../../chat/list-dialogs.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { findDialogWith } from '../../../chat/open-dialog.ts';
import { readPage } from '../../../chat/read-page.ts';
import { plainText } from '../plain-text.ts';
import { PER_PAGE, wireTime } from './envelope.ts';
import { sidesOf, type WireMessage, wireMessage } from './messages.ts';

/** A person one writes with, and what was said last. */
export interface Thread {
  /** Of the last message: often oneself. */
  readonly author_username: string;
  readonly created_at: string;
  readonly latest_message: string;
  /** Whose thread it is; the old server told only the author. */
  readonly with_username: string;
  readonly unread: number;
}

export async function readInbox(chat: Chat, callerId: string, page: number): Promise<Thread[]> {
  const dialogs = await listDialogs(chat, callerId, rowsOf(page));
  const people = await findConversationPeople(
    chat,
    dialogs.map(({ conversationId }) => conversationId),
  );
  return dialogs.map(({ conversationId, lastMessage, peer, unreadCount }) => ({
    author_username: sidesOf(lastMessage, people.get(conversationId)!).author.username,
    created_at: wireTime(lastMessage.sentAt),
    latest_message: plainText(chat, lastMessage),
    with_username: peer.username,
    unread: unreadCount,
  }));
}

/** Whoever opens a thread at its first page has read it. */
export async function readThread(
  chat: Chat,
  callerId: string,
  username: string,
  page: number,
): Promise<WireMessage[]> {
  const conversationId = await findThread(chat, callerId, username);
  if (conversationId === undefined) return [];
  const messages = await readPage(chat, callerId, { conversationId, ...rowsOf(page) });
  const newest = messages[0];
  if (newest === undefined) return [];
  if (page === 1) await moveMarks(chat, callerId, { conversationId, readSeq: newest.seq });
  const dialog = (await findConversationPeople(chat, [conversationId])).get(conversationId)!;
  return messages.map((message) => wireMessage(chat, message, dialog));
}

/** What cannot be a name there is no route; but people who came in elsewhere may have such names. */
async function findThread(chat: Chat, callerId: string, username: string): Promise<string | undefined> {
  try {
    return (await findDialogWith(chat, callerId, { username })).conversationId;
  } catch (error) {
    if (error instanceof ChatError && error.code === 'not_found' && /^[a-zA-Z]\w+$/.test(username))
      throw new ChatError('bad_request', 'unknown username');
    throw error;
  }
}

function rowsOf(page: number): { readonly offset: number; readonly limit: number } {
  return { offset: (page - 1) * PER_PAGE, limit: PER_PAGE };
}
