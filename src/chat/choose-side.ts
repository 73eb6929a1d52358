import type { SideStatus } from '../entities/friendship.ts';
import { accept, changeFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import type { FriendView } from './friend-view.ts';
import { blocked, blockedBetween } from './people.ts';

export interface ChooseSide {
  readonly friendshipId: string;
  readonly side: SideStatus;
}

/** For wires on which each of the two changes their own side whenever they like, without asking and answering. */
export function chooseSide(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  { friendshipId, side }: ChooseSide,
): Promise<FriendView> {
  return changeFriendship(chat, callerId, friendshipId, async (em, friendship, now) => {
    if (friendship.sideOf(callerId) === side) return { changed: false };
    if (side === 'accepted') return accept(em, friendship, callerId, now);
    const { requesterId, addresseeId } = friendship;
    if (side === 'pending' && (await blockedBetween(em, requesterId, addresseeId))) throw blocked();
    friendship.choose(callerId, side, now);
    return { changed: true };
  });
}
