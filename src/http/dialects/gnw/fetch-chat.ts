import { z } from 'zod';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { MessageView } from '../../../chat/events.ts';
import { DEFAULT_PAGE, MAX_PAGE } from '../../../chat/limits.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { readHistory } from '../../../chat/read-history.ts';
import { type ConversationRef, findByRef, refInput } from './conversation-refs.ts';
import { MAX_FETCHED_CHARACTERS, MAX_FETCHED_CONVERSATIONS, MAX_FETCHED_MESSAGES } from './limits.ts';
import { type MessageBody, messageBodies } from './messages.ts';

export const fetchInput = z.object({
  cIds: z.array(refInput).max(MAX_FETCHED_CONVERSATIONS),
  /** What is missing, or no time, is the beginning. */
  timestamps: z.array(z.unknown()).max(MAX_FETCHED_CONVERSATIONS).default([]),
});

export interface Fetched {
  /** By what the client called the conversation. */
  readonly messages: ReadonlyMap<ConversationRef, readonly MessageBody[]>;
  readonly conversationIds: readonly string[];
}

/** What may still be taken, of all conversations together. */
interface Room {
  messages: number;
  characters: number;
}

/**
 * What was said in each conversation after the time given with it. Where it is too much the oldest is left out, so
 * that from what is shown on nothing is missing.
 */
export async function fetchChat(
  chat: Pick<Chat, 'database' | 'links' | 'marks' | 'publicUrl'>,
  callerId: string,
  { cIds, timestamps }: z.output<typeof fetchInput>,
): Promise<Fetched> {
  const room: Room = { messages: MAX_FETCHED_MESSAGES, characters: MAX_FETCHED_CHARACTERS };
  const messages = new Map<ConversationRef, readonly MessageBody[]>();
  const conversationIds: string[] = [];
  for (const [index, ref] of cIds.entries()) {
    messages.set(ref, []);
    const standing = await findByRef(chat, callerId, ref);
    if (standing === undefined) continue;
    const { conversationId } = standing;
    const since = timestamps[index];
    const found = await readSince(
      chat,
      callerId,
      { conversationId, since: typeof since === 'number' ? since : 0 },
      room,
    );
    const bodies = await messageBodies(chat, found.messages);
    messages.set(ref, [...bodies.values()]);
    conversationIds.push(conversationId);
    if (found.lastSeq > 0) await moveMarks(chat, callerId, { conversationId, deliveredSeq: found.lastSeq });
  }
  return { messages, conversationIds };
}

interface Found {
  /** Oldest first. */
  readonly messages: readonly MessageView[];
  readonly lastSeq: number;
}

/** From the newest message back to the time; deleted ones are not there. */
async function readSince(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, since }: { readonly conversationId: string; readonly since: number },
  room: Room,
): Promise<Found> {
  const messages: MessageView[] = [];
  let before: number | undefined;
  let lastSeq = 0;
  for (let limit = DEFAULT_PAGE; ; limit = MAX_PAGE) {
    const { items, more } = await readHistory(chat, callerId, { conversationId, before, limit }).catch(
      ifLeft,
    );
    lastSeq ||= items.at(-1)?.seq ?? 0;
    for (const message of items.toReversed()) {
      if (Date.parse(message.sentAt) <= since) return { messages: messages.reverse(), lastSeq };
      if (message.deletedAt !== null) continue;
      room.messages -= 1;
      room.characters -= message.text.length;
      if (room.messages < 0 || room.characters < 0) return { messages: messages.reverse(), lastSeq };
      messages.push(message);
    }
    before = items[0]?.seq;
    if (!more || before === undefined) return { messages: messages.reverse(), lastSeq };
  }
}

/** Who is taken out of a group at this moment finds nothing there, like everybody who is not in it. */
function ifLeft(error: unknown): { items: MessageView[]; more: boolean } {
  if (error instanceof ChatError && error.code === 'not_found') return { items: [], more: false };
  throw error;
}
