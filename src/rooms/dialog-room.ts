import type { Chat } from '../chat/chat.ts';
import { personInput } from '../chat/inputs/friendships.ts';
import { parse } from '../chat/inputs/parse.ts';
import { openDialog } from '../chat/open-dialog.ts';
import { createConversationRoom } from './conversation-room.ts';

/** One conversation with one person, who is named by `username` or `userId`; created on first use. */
export function createDialogRoom(chat: Chat) {
  return createConversationRoom(chat, 'dialog', (callerId, options) =>
    openDialog(chat, callerId, parse(personInput, options)),
  );
}
