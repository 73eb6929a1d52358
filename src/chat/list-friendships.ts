import type { FilterQuery } from '@mikro-orm/core';
import { Friendship } from '../entities/friendship.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { type FriendView, friendView } from './friend-view.ts';
import type { FriendshipState } from './inputs/friendships.ts';

export interface FriendshipPosition {
  readonly changedAt: string;
  readonly id: string;
}

export interface ListFriendships {
  /** Without it: all that have not ended. */
  readonly state?: FriendshipState | undefined;
  readonly limit: number;
  readonly after?: FriendshipPosition | undefined;
}

/** A friendship in the list: where a client begins, and `presence` events go on. */
export interface ListedFriendship extends FriendView {
  /** Of friends only; of others nobody learns whether they are here. */
  readonly online: boolean;
  /** Null while online, and where it is not to be known. */
  readonly lastSeenAt: string | null;
}

/** The caller's friends and requests, what changed last first. */
export async function listFriendships(
  chat: Pick<Chat, 'database' | 'presence'>,
  callerId: string,
  { state, limit, after }: ListFriendships,
): Promise<{ items: ListedFriendship[]; next: FriendshipPosition | null }> {
  const em = chat.database.em.fork();
  const found = await em.find(
    Friendship,
    { $and: [inState(callerId, state), after ? changedBefore(after) : {}] },
    { orderBy: { changedAt: 'desc', id: 'desc' }, limit: limit + 1 },
  );
  const page = found.slice(0, limit);
  const users = await em.find(User, { id: page.map((friendship) => friendship.otherThan(callerId)) });
  const byId = new Map(users.map((user) => [user.id, user]));
  const here = await chat.presence.online([...byId.keys()]);
  const items = page.flatMap((friendship) => {
    const other = byId.get(friendship.otherThan(callerId));
    if (!other) return [];
    const shown = friendship.status === 'accepted';
    const online = shown && here.has(other.id);
    const lastSeenAt = shown && !online ? (other.lastSeenAt?.toISOString() ?? null) : null;
    return [{ ...friendView(friendship, callerId, other), online, lastSeenAt }];
  });
  const last = page.at(-1);
  const next = found.length > limit && last ? { changedAt: last.changedAt.toISOString(), id: last.id } : null;
  return { items, next };
}

function inState(callerId: string, state: FriendshipState | undefined): FilterQuery<Friendship> {
  const asked = { requesterId: callerId, hiddenFromRequester: false };
  const mine = { $or: [asked, { addresseeId: callerId }] };
  switch (state) {
    // Who asked without saying yes, which some older wires allow, is the one to answer once the other has said it.
    case 'incoming':
      return {
        status: 'pending',
        $or: [
          { ...asked, addresseeStatus: 'accepted' },
          { addresseeId: callerId, addresseeStatus: 'pending' },
        ],
      };
    case 'outgoing':
      return {
        status: 'pending',
        $or: [
          { ...asked, addresseeStatus: 'pending' },
          { addresseeId: callerId, addresseeStatus: 'accepted' },
        ],
      };
    case 'accepted':
    case 'rejected':
      return { ...mine, status: state };
    case undefined:
      return { ...mine, status: { $ne: 'ended' } };
  }
}

function changedBefore({ changedAt, id }: FriendshipPosition): FilterQuery<Friendship> {
  const at = new Date(changedAt);
  return { $or: [{ changedAt: { $lt: at } }, { changedAt: at, id: { $lt: id } }] };
}
