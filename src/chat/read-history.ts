import { Message } from '../entities/message.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { DEFAULT_PAGE } from './limits.ts';
import { messageView } from './views.ts';

export interface ReadHistory {
  readonly conversationId: string;
  /** Messages older than this `seq`, the nearest first to be taken. */
  readonly before?: number | undefined;
  /** Messages newer than this `seq`, the nearest first to be taken. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface History {
  /** Ascending by `seq`, whichever way one reads. */
  readonly items: readonly MessageView[];
  /** Whether there are more in the direction in which one reads. */
  readonly more: boolean;
}

export async function readHistory(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, before, after, limit = DEFAULT_PAGE }: ReadHistory,
): Promise<History> {
  const em = chat.database.em.fork();
  await requireMembership(em, conversationId, callerId);
  const forward = after !== undefined;
  const range = forward ? { $gt: after } : before !== undefined ? { $lt: before } : undefined;
  const messages = await em.find(Message, range ? { conversationId, seq: range } : { conversationId }, {
    orderBy: { seq: forward ? 'asc' : 'desc' },
    limit: limit + 1,
  });
  const page = messages.slice(0, limit).map((message) => chat.links.inMessage(messageView(message)));
  return { items: forward ? page : page.reverse(), more: messages.length > limit };
}
