import { accept, changeFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { FriendView } from './friend-view.ts';

export interface AnswerFriend {
  readonly friendshipId: string;
  readonly status: 'accepted' | 'rejected';
}

/**
 * The answer to a request, by whom it was put to, or by a requester who has not said yes themselves. A rejection can be taken back while nobody has withdrawn the
 * request; an acceptance is undone by ending the friendship. The same answer twice changes nothing.
 */
export function answerFriend(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  { friendshipId, status }: AnswerFriend,
): Promise<FriendView> {
  return changeFriendship(chat, callerId, friendshipId, async (em, friendship, now) => {
    if (friendship.status === 'ended')
      throw new ChatError('conflict', 'this request was withdrawn or has ended');
    const side = friendship.sideOf(callerId);
    if (friendship.requesterId === callerId && side === 'accepted') {
      throw new ChatError('forbidden', 'a request is answered by the one who was asked');
    }
    if (side === status) return { changed: false };
    if (status === 'accepted') return accept(em, friendship, callerId, now);
    if (friendship.status === 'accepted')
      throw new ChatError('conflict', 'you are friends; end the friendship');
    friendship.choose(callerId, 'rejected', now);
    return { changed: true };
  });
}
