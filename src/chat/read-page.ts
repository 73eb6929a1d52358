import { Message } from '../entities/message.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { messageView } from './views.ts';

export interface ReadPage {
  readonly conversationId: string;
  /** Messages newer than the page's. */
  readonly offset: number;
  readonly limit: number;
}

/**
 * For wires that count pages. The newest message comes first, deleted ones are not there at all. A page moves while
 * people write; `readHistory` does not.
 */
export async function readPage(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, offset, limit }: ReadPage,
): Promise<MessageView[]> {
  const em = chat.database.em.fork();
  await requireMembership(em, conversationId, callerId);
  const found = await em.find(
    Message,
    { conversationId, deletedAt: null },
    { orderBy: { seq: 'desc' }, offset, limit },
  );
  return found.map((message) => chat.links.inMessage(messageView(message)));
}
