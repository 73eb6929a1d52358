import { accept, changeFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { FriendView } from './friend-view.ts';

export interface AnswerFriend {
  readonly friendshipId: string;
  readonly status: 'accepted' | 'rejected';
}

/**
 * The answer to a request, by whom it was put to. A rejection can be taken back while nobody has withdrawn the
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
    if (friendship.addresseeId !== callerId) {
      throw new ChatError('forbidden', 'a request is answered by the one who was asked');
    }
    if (friendship.status === status) return { changed: false };
    if (status === 'accepted') return accept(em, friendship, now);
    if (friendship.status === 'accepted')
      throw new ChatError('conflict', 'you are friends; end the friendship');
    friendship.answer('rejected', now);
    return { changed: true };
  });
}
