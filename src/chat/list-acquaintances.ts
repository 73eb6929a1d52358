import { query } from '../entities/database.ts';
import type { FriendshipStatus } from '../entities/types.ts';
import type { Chat } from './chat.ts';
import type { NamedPerson } from './conversation-people.ts';
import { MAX_ACQUAINTANCES } from './limits.ts';

/** Somebody to whom the caller is a friend, or has to do with by a request. */
export interface Acquaintance {
  readonly friendshipId: string;
  readonly person: NamedPerson;
  readonly status: FriendshipStatus;
  /** Whether it was the caller who asked; of an open request, whether it is the other one who has to answer. */
  readonly asked: boolean;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly answeredAt: number | null;
  /** Of their dialog, if there is one. */
  readonly conversationId: string | null;
}

const LIST = `
  select f.id as "friendshipId", f.status, (case when f.status <> 'pending' then f.requester_id = $1
      when f.requester_id = $1 then f.requester_status = 'accepted'
      else f.addressee_status = 'accepted' end) as asked, c.id as "conversationId",
    extract(epoch from f.asked_at)::float8 * 1000 as "askedAt",
    extract(epoch from f.answered_at)::float8 * 1000 as "answeredAt",
    json_build_object('id', u.id, 'number', u.number, 'username', u.username, 'displayName', u.display_name) as person
  from friendship f
  join "user" u on u.id = case when f.requester_id = $1 then f.addressee_id else f.requester_id end
  left join conversation c on c.dialog_key = f.pair_key
  where (f.requester_id = $1 and not f.hidden_from_requester or f.addressee_id = $1)
    and (f.status <> 'pending' or 'accepted' in (f.requester_status, f.addressee_status))
    and f.status = any($2::text[]) and ($3::uuid is null or u.id = $3)
  order by f.asked_at, f.id limit ${MAX_ACQUAINTANCES}`;

/** For wires that know no pages: everybody at once, whose request is the oldest first. */
export function listAcquaintances(
  { database }: Pick<Chat, 'database'>,
  callerId: string,
  statuses: readonly Exclude<FriendshipStatus, 'ended'>[],
): Promise<Acquaintance[]> {
  return query<Acquaintance>(database.em, LIST, [callerId, statuses, null]);
}

/** This one person; undefined for whom the caller has nothing to do with. */
export async function findAcquaintance(
  { database }: Pick<Chat, 'database'>,
  callerId: string,
  personId: string,
): Promise<Acquaintance | undefined> {
  const statuses = ['pending', 'accepted', 'rejected'];
  const [found] = await query<Acquaintance>(database.em, LIST, [callerId, statuses, personId]);
  return found;
}
