import { type Client, matchMaker, type Room } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { createDialogRoom } from './dialog-room.ts';
import { createGroupRoom } from './group-room.ts';
import { createInboxRoom } from './inbox-room.ts';

export interface Rooms {
  /** One for each client of this node: sends it away, to come back to another node. */
  departures(): (() => void)[];
}

/** The rooms of the native protocol, each found again by what `onAuth` wrote into the options. */
export function defineRooms(chat: Chat): Rooms {
  const open = new Set<Room>();
  const kinds = [
    matchMaker.defineRoomType('inbox', createInboxRoom(chat)).filterBy(['ownerId' as never]),
    matchMaker.defineRoomType('dialog', createDialogRoom(chat)).filterBy(['conversationId' as never]),
    matchMaker.defineRoomType('group', createGroupRoom(chat)).filterBy(['conversationId' as never]),
  ];
  for (const kind of kinds) {
    kind.on('create', (room) => open.add(room));
    kind.on('dispose', (room) => open.delete(room));
  }
  const sendAway = (client: Client) => (): void =>
    client.leave(CLOSE_CODES.goingAway, 'this node stops; another one takes over');
  return { departures: () => [...open].flatMap((room) => [...room.clients].map(sendAway)) };
}
