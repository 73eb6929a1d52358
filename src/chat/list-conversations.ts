import type { Chat } from './chat.ts';
import { type ConversationSummary, findSummaries, type SummaryPosition } from './conversation-summary.ts';

/**
 * The caller's conversations, what changed last first. One that changes while the pages are read moves to the
 * front and can be missing from the rest: whoever keeps a list hears of the change in their feed.
 */
export async function listConversations(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { limit, after }: { readonly limit: number; readonly after?: SummaryPosition | undefined },
): Promise<{ items: ConversationSummary[]; next: SummaryPosition | null }> {
  const found = await findSummaries(chat, callerId, { after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = found.length > limit && last ? { changedAt: last.changedAt, id: last.id } : null;
  return { items, next };
}
