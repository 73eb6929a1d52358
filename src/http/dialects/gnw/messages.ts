import { z } from 'zod';
import type { Chat } from '../../../chat/chat.ts';
import { findNames } from '../../../chat/conversation-people.ts';
import type { MessageView } from '../../../chat/events.ts';
import { plainText } from '../plain-text.ts';
import { MAX_PAYLOAD_DEPTH, MAX_TYPE_LENGTH } from './limits.ts';

/** What a client sends of a message; everything else of it is ours to say. */
export const contentInput = z.object({
  type: z.string().min(1).max(MAX_TYPE_LENGTH),
  payload: z.unknown().refine((payload) => isJson(payload), 'is missing, or no JSON of a sensible depth'),
});
export type Content = z.output<typeof contentInput>;

/** Bounded, because whoever writes or reads JSON goes one call deeper with each level. */
function isJson(value: unknown, levels = MAX_PAYLOAD_DEPTH): boolean {
  if (typeof value !== 'object') return value !== undefined;
  return value === null || (levels > 0 && Object.values(value).every((each) => isJson(each, levels - 1)));
}

export interface MessageBody extends Content {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** A username. */
  readonly from: string;
}

/**
 * Everywhere else a message is a text. One that is no text here is kept as the JSON of its two fields, by which it is
 * known again; so is a text that would otherwise be taken for such a one.
 */
export function textOf({ type, payload }: Content): string {
  const isText = type === 'text' && typeof payload === 'string';
  return isText && contentIn(payload) === undefined ? payload : JSON.stringify({ type, payload });
}

function contentIn(text: string): Content | undefined {
  if (!text.startsWith('{"type":')) return undefined;
  try {
    return z.strictObject(contentInput.shape).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function messageBodies(
  chat: Pick<Chat, 'database' | 'publicUrl'>,
  messages: readonly MessageView[],
): Promise<Map<number, MessageBody>> {
  const senders = await findNames(chat.database.em, [...new Set(messages.map(({ senderId }) => senderId))]);
  return new Map(
    messages.map((message) => [
      message.id,
      {
        ...contentOf(chat, message),
        timestamp: Date.parse(message.sentAt),
        from: senders.get(message.senderId)?.username ?? '',
      },
    ]),
  );
}

function contentOf(chat: Pick<Chat, 'publicUrl'>, message: MessageView): Content {
  const typed = message.attachments.length === 0 ? contentIn(message.text) : undefined;
  return typed ?? { type: 'text', payload: plainText(chat, message) };
}
