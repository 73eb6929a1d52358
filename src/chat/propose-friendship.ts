import { databaseNow } from '../entities/database.ts';
import { Friendship, type SideStatus } from '../entities/friendship.ts';
import { pairKey } from '../entities/pair-key.ts';
import { firstRequest } from './ask-friend.ts';
import { announceFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { findDialog } from './open-dialog.ts';
import { blocked, blockedBetween, findPerson, lockPair, requireNotDeleted } from './people.ts';

export interface ProposeFriendship {
  readonly userId: string;
  readonly side: SideStatus;
}

/**
 * For wires that begin a friendship with whatever its beginner says of it. There is one for a pair, whatever has
 * become of it: where there is one, its sides are chosen. Answers its id, which is the dialog's if there was one:
 * whoever knew that, for want of a friendship, goes on with it.
 */
export async function proposeFriendship(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  { userId, side }: ProposeFriendship,
): Promise<string> {
  const friendship = await chat.database.em.fork().transactional(async (em) => {
    const other = await findPerson(em, { userId });
    requireNotDeleted(other);
    if (userId === callerId) throw new ChatError('bad_request', 'you cannot be your own friend');
    await lockPair(em, callerId, userId);
    if (await blockedBetween(em, callerId, userId)) throw blocked();
    const known = await em.findOne(Friendship, { pairKey: pairKey(callerId, userId) });
    if (known?.isShownTo(callerId)) throw new ChatError('conflict', 'there is a friendship already');
    const now = await databaseNow(em);
    known?.askAgain(callerId, now);
    const dialogId = await findDialog(em, callerId, userId);
    const friendship = known ?? firstRequest(em, callerId, userId, now, dialogId);
    if (side !== 'accepted') friendship.choose(callerId, side, now);
    await em.flush();
    return friendship;
  });
  announceFriendship(chat, friendship, { changed: true });
  return friendship.id;
}
