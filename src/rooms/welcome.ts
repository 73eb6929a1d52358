import { setTimeout as sleep } from 'node:timers/promises';
import type { Chat } from '../chat/chat.ts';
import { readUnsent, type UnsentMessageView } from '../chat/read-unsent.ts';
import type { ClientFace } from './client-face.ts';
import { PAUSE_UNSENT_BYTES, UNSENT_PAGE, UNSENT_POLL_MS } from './limits.ts';

export interface Welcome {
  readonly face: ClientFace;
  readonly userId: string;
  /** Undefined for an inbox: what is unsent in all conversations. */
  readonly conversationId?: string | undefined;
  /** Asked last, when everything has been sent: the positions from which the live events go on. */
  readonly position: () => object;
}

/**
 * What a client gets first: everything that is unsent, in order and no faster than it reads, then `ready`, then
 * the live events, which were held back until then. Does not throw; a client that cannot be served is cut off.
 */
export async function welcome(
  chat: Pick<Chat, 'database' | 'links' | 'log'>,
  newcomer: Welcome,
): Promise<void> {
  const { face, position } = newcomer;
  try {
    if (!(await face.joined())) return;
    await sendUnsent(chat, newcomer);
    face.client.send('ready', position());
    face.release();
  } catch (error) {
    chat.log.warn({ err: error }, 'sending what was unsent failed');
    face.cutOff();
  }
}

async function sendUnsent(
  chat: Pick<Chat, 'database' | 'links'>,
  { face, userId, conversationId }: Welcome,
): Promise<void> {
  let after: number | undefined;
  do {
    const page = await readUnsent(chat, userId, { conversationId, after, limit: UNSENT_PAGE });
    for (const item of page.items) face.deliverUnsent(asEvent(item));
    after = page.next ?? undefined;
    while (after !== undefined && face.isOpen && face.unreadBytes > PAUSE_UNSENT_BYTES)
      await sleep(UNSENT_POLL_MS);
  } while (after !== undefined && face.isOpen);
}

/** `rev` 0: an unsent message is no position, because edits and marks before it were not sent. */
function asEvent({ conversationId, ...message }: UnsentMessageView) {
  return { type: 'message', conversationId, rev: 0, message } as const;
}
