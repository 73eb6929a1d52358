import { UnsentMessage } from '../entities/unsent-message.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { DEFAULT_PAGE } from './limits.ts';
import { messageView } from './views.ts';

export interface ReadUnsent {
  /** Only of this conversation. */
  readonly conversationId?: string | undefined;
  /** Where the page before ended: messages by their `id`, which is the order in which they were stored. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface UnsentMessageView extends MessageView {
  readonly conversationId: string;
}

export interface UnsentPage {
  readonly items: readonly UnsentMessageView[];
  /** The next page's `after`; null at the end. */
  readonly next: number | null;
}

/** What waits for the caller. Reading does not take it away: moving the delivered mark does. */
export async function readUnsent(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, after, limit = DEFAULT_PAGE }: ReadUnsent,
): Promise<UnsentPage> {
  const messages = await chat.database.em.fork().find(
    UnsentMessage,
    {
      userId: callerId,
      ...(conversationId !== undefined && { conversationId }),
      ...(after !== undefined && { id: { $gt: after } }),
    },
    { orderBy: { id: 'asc' }, limit: limit + 1 },
  );
  const items = messages.slice(0, limit).map((message) => ({
    ...chat.links.inMessage(messageView(message)),
    conversationId: message.conversationId,
  }));
  return { items, next: messages.length > limit ? (items.at(-1)?.id ?? null) : null };
}
