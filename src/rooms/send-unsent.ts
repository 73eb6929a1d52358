import { setTimeout as sleep } from 'node:timers/promises';
import { ClientState } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { readUnsent, type UnsentMessageView } from '../chat/read-unsent.ts';
import type { ClientFace } from './client-face.ts';
import { PAUSE_UNSENT_BYTES, UNSENT_PAGE, UNSENT_POLL_MS } from './limits.ts';

/**
 * Sends what waits for this person, page by page and no faster than they read, then lets the live events
 * through. `rev` 0: an unsent message is no position, because edits and marks before it were not sent.
 */
export async function sendUnsent(
  chat: Pick<Chat, 'database'>,
  face: ClientFace,
  userId: string,
  conversationId: string | undefined,
): Promise<void> {
  let after: number | undefined;
  do {
    const page = await readUnsent(chat, userId, { conversationId, after, limit: UNSENT_PAGE });
    for (const item of page.items) face.deliverUnsent(asEvent(item));
    after = page.next ?? undefined;
    while (after !== undefined && face.isOpen && !hasCaughtUp(face)) await sleep(UNSENT_POLL_MS);
  } while (after !== undefined && face.isOpen);
  face.release();
}

function hasCaughtUp(face: ClientFace): boolean {
  return face.client.state === ClientState.JOINED && face.unreadBytes < PAUSE_UNSENT_BYTES;
}

function asEvent({ conversationId, ...message }: UnsentMessageView) {
  return { type: 'message', conversationId, rev: 0, message } as const;
}
