import { randomUUID } from 'node:crypto';
import type { Chat } from '../chat.ts';
import { once } from './in-memory.ts';
import { prepareAvatar } from './set-avatar.ts';
import { Spooled } from './spool.ts';

/** Refuses what could not be a person's picture, before there is the account that it is for. */
export function checkPicture(chat: Pick<Chat, 'media'>, bytes: Uint8Array): Promise<void> {
  const { media } = chat;
  return media.gate.pass(async () => {
    const spooled = new Spooled(media.store.spool, randomUUID());
    try {
      await prepareAvatar(chat, { name: '', bytes: once(bytes) }, spooled);
    } finally {
      await spooled.remove();
    }
  });
}
