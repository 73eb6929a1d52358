import type { FilterQuery } from '@mikro-orm/core';
import { Message } from '../entities/message.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { messageView } from './views.ts';

export interface ReadPage {
  readonly conversationId: string;
  /** Where it begins, a message or a moment, itself included; without it at the end that one reads from. */
  readonly from?: { readonly seq: number } | { readonly sentAt: Date } | undefined;
  /** Then on to what is newer; otherwise the newest message comes first. */
  readonly oldestFirst?: boolean;
  /** Messages before the page's. */
  readonly offset: number;
  readonly limit: number;
}

/**
 * For wires that count pages. Deleted messages are not there at all, and a page moves while people write; `readHistory`
 * does not.
 */
export async function readPage(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  page: ReadPage,
): Promise<MessageView[]> {
  const em = chat.database.em.fork();
  await requireMembership(em, page.conversationId, callerId);
  const { offset, limit } = page;
  const orderBy = { seq: page.oldestFirst ? 'asc' : 'desc' } as const;
  const found = await em.find(Message, fromThere(page), { orderBy, offset, limit });
  return found.map((message) => chat.links.inMessage(messageView(message)));
}

/** How many messages all pages have together. */
export async function countInPages(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  pages: Omit<ReadPage, 'offset' | 'limit'>,
): Promise<number> {
  const em = chat.database.em.fork();
  await requireMembership(em, pages.conversationId, callerId);
  return em.count(Message, fromThere(pages));
}

function fromThere({
  conversationId,
  from,
  oldestFirst,
}: Omit<ReadPage, 'offset' | 'limit'>): FilterQuery<Message> {
  const all = { conversationId, deletedAt: null };
  if (from === undefined) return all;
  const side = oldestFirst ? '$gte' : '$lte';
  return 'seq' in from
    ? { ...all, seq: { [side]: from.seq } }
    : { ...all, createdAt: { [side]: from.sentAt } };
}
