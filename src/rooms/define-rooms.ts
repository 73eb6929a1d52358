import { matchMaker } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { createDialogRoom } from './dialog-room.ts';
import { createGroupRoom } from './group-room.ts';
import { createInboxRoom } from './inbox-room.ts';

/** The rooms of the native protocol, each found again by what `onAuth` wrote into the options. */
export function defineRooms(chat: Chat): void {
  matchMaker.defineRoomType('inbox', createInboxRoom(chat)).filterBy(['ownerId' as never]);
  matchMaker.defineRoomType('dialog', createDialogRoom(chat)).filterBy(['conversationId' as never]);
  matchMaker.defineRoomType('group', createGroupRoom(chat)).filterBy(['conversationId' as never]);
}
