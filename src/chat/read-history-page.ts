import { Message } from '../entities/message.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { messageView } from './views.ts';

export interface ReadHistoryPage {
  readonly conversationId: string;
  /** Then what is older than the beginning, instead of what is newer. */
  readonly newestFirst: boolean;
  /** Where it begins, a message or a moment, itself included; without it at the end. */
  readonly from?: { readonly seq: number } | { readonly sentAt: Date } | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** For wires that count: all that there is from a place on, deleted ones left out, and one page of it. */
export async function readHistoryPage(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, newestFirst, from, offset, limit }: ReadHistoryPage,
): Promise<{ items: MessageView[]; count: number }> {
  const em = chat.database.em.fork();
  await requireMembership(em, conversationId, callerId);
  const side = newestFirst ? '$lte' : '$gte';
  const begin =
    from === undefined
      ? {}
      : 'seq' in from
        ? { seq: { [side]: from.seq } }
        : { createdAt: { [side]: from.sentAt } };
  const [found, count] = await em.findAndCount(
    Message,
    { conversationId, deletedAt: null, ...begin },
    { orderBy: { seq: newestFirst ? 'desc' : 'asc' }, offset, limit },
  );
  return { items: found.map((message) => chat.links.inMessage(messageView(message))), count };
}
