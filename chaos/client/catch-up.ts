import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationLog } from './conversation-log.ts';
import type { Device } from './device.ts';
import type { Changes, History, Member, Message } from './wire.ts';

const PAUSE_MS = 250;
const PAGE = 200;

/** Fetches what a log lacks. Gives up when the line breaks: the next one begins with it again. */
export async function catchUp(device: Device, log: ConversationLog): Promise<void> {
  const { line } = device;
  const isOver = (): boolean => device.line !== line;
  log.startCatchingUp();
  while (!isOver()) {
    try {
      const { conversationId } = log;
      const changes = await device.request<Changes>('changes', { conversationId, since: log.rev });
      const anew = changes.reset ? await readAnew(device, conversationId) : undefined;
      if (isOver()) return;
      // A `reset` came meanwhile: the answer may be older than what it was about.
      if (log.mustAskAgain()) continue;
      if (!changes.reset) log.apply(changes);
      else if (anew) log.replace(anew.messages, anew.members, changes.rev);
      return;
    } catch (error) {
      device.lastError = String(error);
      await sleep(PAUSE_MS);
    }
  }
}

async function readAnew(
  device: Device,
  conversationId: string,
): Promise<{ messages: Message[]; members: Member[] }> {
  const messages: Message[] = [];
  for (let more = true; more; ) {
    const after = messages.at(-1)?.seq ?? 0;
    const page = await device.request<History>('history', { conversationId, after, limit: PAGE });
    messages.push(...page.items);
    ({ more } = page);
  }
  const members: Member[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Member[]; next: string | null } = await device.account.api(
      'GET',
      `/conversations/${conversationId}/members?limit=${PAGE}${query}`,
    );
    members.push(...page.items);
    cursor = page.next;
  }
  return { messages, members };
}
