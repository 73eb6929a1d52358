import type { Applied } from './apply.ts';
import { withEntry, without } from './store.ts';
import type { Snapshot } from './types.ts';
import type { Friendship, FriendshipFacts, FriendshipStatus, User } from './wire.ts';

/** `changedAt` is never the same twice, so it tells which of two states is the newer. */
export function applyToFriendships(snapshot: Snapshot, facts: FriendshipFacts): Applied {
  const { friendships, me } = snapshot;
  const known = friendships.get(facts.id);
  if (!me || (known && known.changedAt > facts.changedAt)) return { snapshot };
  const otherId = facts.requesterId === me.id ? facts.addresseeId : facts.requesterId;
  const presence = facts.status === 'accepted' ? snapshot.presence : without(snapshot.presence, otherId);
  if (facts.status === 'ended') {
    return { snapshot: { ...snapshot, presence, friendships: without(friendships, facts.id) } };
  }
  // The event does not say who they are.
  if (!known) return { snapshot, question: { about: 'friendship', friendship: facts } };
  const friendship = friendshipOf(facts, known.user, me.id);
  return { snapshot: { ...snapshot, presence, friendships: withEntry(friendships, facts.id, friendship) } };
}

export function friendshipOf(facts: FriendshipFacts, user: User, me: string): Friendship {
  // Whoever asks has thereby accepted; the status in between is the addressee's answer.
  const requester: FriendshipStatus = facts.status === 'ended' ? 'ended' : 'accepted';
  const asked = facts.requesterId === me;
  return {
    ...facts,
    user,
    ownStatus: asked ? requester : facts.status,
    otherStatus: asked ? facts.status : requester,
  };
}
