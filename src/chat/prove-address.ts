import { databaseNow, type EntityManager, query } from '../entities/database.ts';
import type { Friendship } from '../entities/friendship.ts';
import { pairKey } from '../entities/pair-key.ts';
import type { User } from '../entities/user.ts';
import { announceFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { MAX_INVITATIONS_HONOURED } from './limits.ts';
import { lockAddress, requestByInvitation } from './request-by-invitation.ts';
import { emailTaken, findOwner } from './user-lookup.ts';

interface Row {
  readonly id: string;
  readonly inviter_id: string;
}

const OPEN = `
  select i.id, i.inviter_id from invitation i join "user" u on u.id = i.inviter_id
  where lower(i.email) = lower($1) and i.inviter_id <> $2
    and i.withdrawn_at is null and i.accepted_at is null and u.deleted_at is null
  order by i.created_at limit $3`;

/**
 * Every way to prove an address ends here: it is theirs from now on, unless it is somebody's already, and whoever
 * invited it asks for friendship now. Not when somebody signs up with it, which anybody could do. What others claim
 * stays as it is, for it was worth nothing, and to see it vanish would tell them. The user is locked, in a transaction
 * of the caller's; answers what has to be announced after the commit.
 */
export async function proveAddress(em: EntityManager, user: User, email: string): Promise<Friendship[]> {
  await lockAddress(em, email);
  const owner = await findOwner(em, email);
  if (owner && owner.id !== user.id) throw emailTaken();
  user.ownEmail(email);
  await em.flush();
  const rows = await query<Row>(em, OPEN, [email, user.id, MAX_INVITATIONS_HONOURED]);
  const now = await databaseNow(em);
  const requests: Friendship[] = [];
  // In the order that all share who lock more than one pair.
  const ordered = rows.map((row) => ({ ...row, pair: pairKey(row.inviter_id, user.id) }));
  for (const { inviter_id: inviterId } of ordered.sort((one, other) => (one.pair < other.pair ? -1 : 1))) {
    const request = await requestByInvitation(em, { inviterId, inviteeId: user.id, now });
    if (request) requests.push(request);
  }
  const ids = rows.map((row) => row.id);
  await query(em, 'update invitation set invitee_id = $2 where id = any($1::uuid[])', [ids, user.id]);
  return requests;
}

/** After the commit. */
export function announceRequests(
  chat: Pick<Chat, 'bus' | 'announcer'>,
  requests: readonly Friendship[],
): void {
  for (const request of requests) announceFriendship(chat, request, { changed: true });
}
