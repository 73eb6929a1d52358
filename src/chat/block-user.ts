import { Block } from '../entities/block.ts';
import { databaseNow } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import { pairKey } from '../entities/pair-key.ts';
import { announceFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { lockPair } from './people.ts';
import { getUserOrFail } from './user-lookup.ts';

/**
 * From now on neither can ask or write to the other. It ends a friendship, and a request between the two;
 * a rejected one stays what it is. The blocked person is not told of the block, only that a friendship ended.
 */
export async function blockUser(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  { userId }: { readonly userId: string },
): Promise<void> {
  if (userId === callerId) throw new ChatError('bad_request', 'you cannot block yourself');
  const ended = await chat.database.em.fork().transactional(async (em) => {
    await getUserOrFail(em, userId);
    await lockPair(em, callerId, userId);
    const now = await databaseNow(em);
    await em.upsert(
      Block,
      { blockerId: callerId, blockedId: userId, createdAt: now },
      { onConflictAction: 'ignore' },
    );
    const friendship = await em.findOne(Friendship, {
      pairKey: pairKey(callerId, userId),
      status: ['pending', 'accepted'],
    });
    friendship?.end(callerId, now);
    await em.flush();
    return friendship;
  });
  if (ended) announceFriendship(chat, ended, { changed: true });
}
