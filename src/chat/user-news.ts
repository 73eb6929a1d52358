import { type EntityManager, query } from '../entities/database.ts';
import type { PassingEvent, UserView } from './events.ts';
import { userJson } from './json-sql.ts';
import { MAX_USER_CONVERSATIONS, MAX_USER_HEARERS, SMALL_GROUP } from './limits.ts';

/** How somebody is shown from now on, and who may be showing them. */
export interface UserNews {
  readonly event: PassingEvent;
  /** Friends, who has asked or been asked to be one, and all with whom they share a small conversation. */
  readonly hearers: readonly string[];
  /** Theirs, large groups too: somebody may have them open. */
  readonly conversations: readonly string[];
}

interface Row {
  readonly user: UserView;
  readonly hearers: readonly string[];
  readonly conversations: readonly string[];
}

/**
 * Who deleted their account has left their groups with that, and what they said is shown there all the same. A requester
 * who knows nothing but the other one's address must not learn their name.
 */
const NEWS = `
  with person as materialized (
    select u.id, u.deleted_at, ${userJson('u')} as view from "user" u where u.id = $1
  ), place as materialized (
    select c.id, c.member_count from (
      select conversation_id as id from membership where user_id = $1 and left_at is null
      union all
      select ms.conversation_id from membership ms join person p on p.id = ms.user_id
      where ms.left_at is not null and ms.left_at >= p.deleted_at
    ) ms
    join conversation c on c.id = ms.id
    order by c.changed_at desc limit $2
  ), befriended as (
    select addressee_id as id from friendship
    where requester_id = $1 and status in ('pending', 'accepted')
    union all
    select requester_id from friendship
    where addressee_id = $1 and status in ('pending', 'accepted') and not hidden_from_requester
  ), hearer as materialized (
    select near.id from (
      select id, 1 as distance from befriended
      union all
      select ms.user_id, 2 from place join membership ms on ms.conversation_id = place.id
      where place.member_count <= $3 and ms.left_at is null
    ) near
    where near.id <> $1
    group by near.id order by min(near.distance) limit $4
  )
  select p.view as user, coalesce((select json_agg(id) from hearer), '[]') as hearers,
    coalesce((select json_agg(id) from place), '[]') as conversations
  from person p`;

/** How they are this moment, whatever they were when this was asked for. */
export async function findUserNews(em: EntityManager, userId: string): Promise<UserNews | undefined> {
  const [row] = await query<Row>(em, NEWS, [userId, MAX_USER_CONVERSATIONS, SMALL_GROUP, MAX_USER_HEARERS]);
  if (row === undefined) return undefined;
  const { user, hearers, conversations } = row;
  return { event: { type: 'user', user }, hearers, conversations };
}
