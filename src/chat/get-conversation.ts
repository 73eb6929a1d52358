import type { Chat } from './chat.ts';
import { type ConversationSummary, findSummaries } from './conversation-summary.ts';
import { ChatError } from './errors.ts';

export async function getConversation(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId }: { readonly conversationId: string },
): Promise<ConversationSummary> {
  const [summary] = await findSummaries(chat, callerId, { conversationId, limit: 1 });
  if (!summary) throw new ChatError('not_found', 'no such conversation');
  return summary;
}
