import { type EntityManager, query } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import { pairKey } from '../entities/pair-key.ts';
import { firstRequest } from './ask-friend.ts';
import { blockedBetween, lockPair } from './people.ts';

/** Any number will do, as long as every node uses the same and no other lock of ours does. */
const ADDRESS_LOCKS = 726_582;

/**
 * Until the transaction ends nobody else asks whose this address is, or says that it is theirs: an invitation and
 * the proof of its address cannot pass each other unseen. Taken before any pair is locked.
 */
export async function lockAddress(em: EntityManager, email: string): Promise<void> {
  await query(em, 'select pg_advisory_xact_lock($1::int, hashtext(lower($2)))', [ADDRESS_LOCKS, email]);
}

/**
 * Asks for friendship without showing it to the requester, who would learn from it whose the address is, and that
 * there is an account. They hear of it when it is accepted. Nothing happens where they know each other already.
 */
export async function requestByInvitation(
  em: EntityManager,
  {
    inviterId,
    inviteeId,
    now,
  }: { readonly inviterId: string; readonly inviteeId: string; readonly now: Date },
): Promise<Friendship | undefined> {
  await lockPair(em, inviterId, inviteeId);
  if (await blockedBetween(em, inviterId, inviteeId)) return undefined;
  const known = await em.findOne(Friendship, { pairKey: pairKey(inviterId, inviteeId) });
  if (known && known.status !== 'ended') return undefined;
  known?.askAgain(inviterId, now);
  const friendship = known ?? firstRequest(em, inviterId, inviteeId, now);
  friendship.hiddenFromRequester = true;
  await em.flush();
  return friendship;
}
