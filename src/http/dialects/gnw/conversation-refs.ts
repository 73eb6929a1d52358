import { z } from 'zod';
import type { Chat } from '../../../chat/chat.ts';
import { findStanding, type Standing } from '../../../chat/find-standing.ts';
import { MAX_GNW_NAME_LENGTH } from './limits.ts';
import { numberOfChatId } from './people.ts';

/** However a client calls a conversation: by its id, or by the chatID or the username of a contact. */
export const refInput = z.union([z.string().max(MAX_GNW_NAME_LENGTH), z.number()]).transform(String);
export type ConversationRef = z.output<typeof refInput>;

const uuid = z.uuid();

/** Undefined for whatever is not the caller's. */
export function findByRef(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  ref: ConversationRef,
): Promise<Standing | undefined> {
  if (uuid.safeParse(ref).success) return findStanding(chat, callerId, { conversationId: ref });
  const number = numberOfChatId(ref);
  return findStanding(chat, callerId, number === undefined ? { username: ref.normalize() } : { number });
}
