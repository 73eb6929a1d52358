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

/** The caller's friends and requests, what changed last first. */
export async function listFriendships(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { state, limit, after }: ListFriendships,
): Promise<{ items: FriendView[]; next: FriendshipPosition | null }> {
  const em = chat.database.em.fork();
  const found = await em.find(
    Friendship,
    { $and: [inState(callerId, state), after ? changedBefore(after) : {}] },
    { orderBy: { changedAt: 'desc', id: 'desc' }, limit: limit + 1 },
  );
  const page = found.slice(0, limit);
  const users = await em.find(User, { id: page.map((friendship) => friendship.otherThan(callerId)) });
  const byId = new Map(users.map((user) => [user.id, user]));
  const items = page.flatMap((friendship) => {
    const other = byId.get(friendship.otherThan(callerId));
    return other ? [friendView(friendship, callerId, other)] : [];
  });
  const last = page.at(-1);
  const next = found.length > limit && last ? { changedAt: last.changedAt.toISOString(), id: last.id } : null;
  return { items, next };
}

function inState(callerId: string, state: FriendshipState | undefined): FilterQuery<Friendship> {
  const mine = { $or: [{ requesterId: callerId }, { addresseeId: callerId }] };
  switch (state) {
    case 'incoming':
      return { addresseeId: callerId, status: 'pending' };
    case 'outgoing':
      return { requesterId: callerId, status: 'pending' };
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
