import { Block } from '../entities/block.ts';
import type { Chat } from './chat.ts';

/** Takes back one's own block, if there is one. What it ended stays ended: they can ask again. */
export async function unblockUser(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { userId }: { readonly userId: string },
): Promise<void> {
  await chat.database.em.fork().nativeDelete(Block, { blockerId: callerId, blockedId: userId });
}
