import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import { idInput } from '../chat/inputs/ids.ts';
import { parse } from '../chat/inputs/parse.ts';
import { joinGroup } from '../chat/join-group.ts';
import { createConversationRoom } from './conversation-room.ts';

const groupOptions = z.object({ id: idInput });

/** A group by its `id`: its members only, or anyone if it is public, which makes them a member. */
export function createGroupRoom(chat: Chat) {
  return createConversationRoom(chat, 'group', async (callerId, options) => {
    const { id } = parse(groupOptions, options);
    await joinGroup(chat, callerId, id);
    return id;
  });
}
