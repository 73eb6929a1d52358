import { randomUUID } from 'node:crypto';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import { pairKey } from '../entities/pair-key.ts';
import { accept, announceFriendship, type FriendshipChange } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { type FriendView, friendView } from './friend-view.ts';
import {
  blocked,
  blockedBetween,
  findPerson,
  lockPair,
  type PersonRef,
  requireNotDeleted,
} from './people.ts';

/** Asks for friendship; asking somebody who asks too is saying yes. */
export async function askFriend(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  person: PersonRef,
): Promise<FriendView> {
  const { friendship, outcome, view } = await chat.database.em.fork().transactional(async (em) => {
    const other = await findPerson(em, person);
    requireNotDeleted(other);
    if (other.id === callerId) throw new ChatError('bad_request', 'you cannot be your own friend');
    await lockPair(em, callerId, other.id);
    if (await blockedBetween(em, callerId, other.id)) throw blocked();
    const { friendship, outcome } = await ask(em, callerId, other.id, await databaseNow(em));
    await em.flush();
    return { friendship, outcome, view: friendView(friendship, callerId, other) };
  });
  announceFriendship(chat, friendship, outcome);
  return view;
}

async function ask(
  em: EntityManager,
  callerId: string,
  otherId: string,
  now: Date,
): Promise<{ friendship: Friendship; outcome: FriendshipChange }> {
  const friendship = await em.findOne(Friendship, { pairKey: pairKey(callerId, otherId) });
  if (!friendship) {
    return { friendship: firstRequest(em, callerId, otherId, now), outcome: { changed: true } };
  }
  switch (friendship.status) {
    case 'accepted':
      throw new ChatError('conflict', 'you are friends already');
    case 'pending':
      if (friendship.sideOf(callerId) === 'accepted')
        return { friendship, outcome: askOpenly(friendship, callerId, now) };
      return { friendship, outcome: await accept(em, friendship, callerId, now) };
    case 'ended':
      // Ending took both words back; what the other one has said since then stands.
      if (friendship.sideOf(friendship.otherThan(callerId)) === 'accepted')
        return { friendship, outcome: await accept(em, friendship, callerId, now) };
      friendship.askAgain(callerId, now);
      return { friendship, outcome: { changed: true } };
    case 'rejected':
      friendship.askAgain(callerId, now);
      return { friendship, outcome: { changed: true } };
  }
}

/** Somebody invited them by their address, and asks them by name now, without knowing that they are the same. */
function askOpenly(friendship: Friendship, callerId: string, now: Date): FriendshipChange {
  if (friendship.isShownTo(callerId)) throw new ChatError('conflict', 'you have asked already');
  friendship.askAgain(callerId, now);
  return { changed: true };
}

export function firstRequest(
  em: EntityManager,
  requesterId: string,
  addresseeId: string,
  now: Date,
  id: string = randomUUID(),
): Friendship {
  return em.create(Friendship, {
    id,
    pairKey: pairKey(requesterId, addresseeId),
    requesterId,
    addresseeId,
    status: 'pending',
    requesterStatus: 'accepted',
    addresseeStatus: 'pending',
    askedAt: now,
    requesterChoseAt: now,
    answeredAt: null,
    changedAt: now,
  });
}
