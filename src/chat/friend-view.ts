import type { Friendship } from '../entities/friendship.ts';
import type { FriendshipStatus } from '../entities/types.ts';
import type { User } from '../entities/user.ts';
import type { FriendshipView, UserView } from './events.ts';
import { friendshipView, userView } from './views.ts';

/** A friendship as one of the two sees it. */
export interface FriendView extends FriendshipView {
  /** The other person. */
  readonly user: UserView;
  readonly ownStatus: FriendshipStatus;
  readonly otherStatus: FriendshipStatus;
}

export function friendView(friendship: Friendship, viewerId: string, other: User): FriendView {
  const ended = friendship.status === 'ended';
  return {
    ...friendshipView(friendship),
    user: userView(other),
    ownStatus: ended ? 'ended' : friendship.sideOf(viewerId),
    otherStatus: ended ? 'ended' : friendship.sideOf(friendship.otherThan(viewerId)),
  };
}
