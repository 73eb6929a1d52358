import { changeFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { FriendView } from './friend-view.ts';

/**
 * The requester withdraws, or either unfriends. The addressee of an open request rejects it instead, so that
 * the requester gets an answer. Ending twice changes nothing.
 */
export function endFriendship(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  { friendshipId }: { readonly friendshipId: string },
): Promise<FriendView> {
  return changeFriendship(chat, callerId, friendshipId, async (_em, friendship, now) => {
    if (friendship.status === 'ended') return { changed: false };
    if (friendship.status !== 'accepted' && friendship.requesterId !== callerId) {
      throw new ChatError('conflict', 'you were asked: reject the request');
    }
    friendship.end(callerId, now);
    return { changed: true };
  });
}
