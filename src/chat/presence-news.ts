import { type EntityManager, query } from '../entities/database.ts';
import type { PassingEvent } from './events.ts';
import { isoSql } from './json-sql.ts';
import { MAX_PRESENCE_CONVERSATIONS, SMALL_GROUP } from './limits.ts';

/** What is to be told of somebody, and to whom: a friend, or a conversation that somebody may have open. */
export interface PresenceNews {
  readonly event: PassingEvent;
  readonly friendId: string | null;
  readonly conversationId: string | null;
}

/** Only these are asked about; without it everybody is. */
export interface Audience {
  readonly friends: readonly string[];
  readonly conversations: readonly string[];
}

interface Row {
  readonly user_id: string;
  readonly online: boolean;
  readonly last_seen_at: string | null;
  readonly friend: string | null;
  readonly conversation: string | null;
}

const NEWS = `
  with person as materialized (
    select u.id, ${isoSql('u.last_seen_at')} as last_seen_at,
      exists (select 1 from live_user l where l.user_id = u.id) as online
    from "user" u where u.id = any($1)
  ), concerned as (
    select f.me as user_id, f.other as friend, null::uuid as conversation from (
      select requester_id as me, addressee_id as other from friendship
      where status = 'accepted' and requester_id = any($1)
      union all
      select addressee_id, requester_id from friendship where status = 'accepted' and addressee_id = any($1)
    ) f
    where $4::uuid[] is null or f.other = any($4)
    union all
    (select ms.user_id, null, ms.conversation_id from membership ms
     join conversation c on c.id = ms.conversation_id
     where ms.user_id = any($1) and ms.left_at is null and c.member_count <= $2
       and ($5::uuid[] is null or ms.conversation_id = any($5))
     limit $3)
  )
  select c.user_id, p.online, p.last_seen_at, c.friend, c.conversation
  from concerned c join person p on p.id = c.user_id`;

/** How it is with these people this moment, whatever was said of them before. */
export async function findPresenceNews(
  em: EntityManager,
  userIds: readonly string[],
  audience?: Audience,
): Promise<PresenceNews[]> {
  const rows = await query<Row>(em, NEWS, [
    userIds,
    SMALL_GROUP,
    MAX_PRESENCE_CONVERSATIONS * userIds.length,
    audience?.friends ?? null,
    audience?.conversations ?? null,
  ]);
  const events = new Map<string, PassingEvent>();
  return rows.map((row) => {
    // The same object for all who are told, because each wire encodes an object once.
    const event = events.get(row.user_id) ?? eventOf(row);
    events.set(row.user_id, event);
    return { event, friendId: row.friend, conversationId: row.conversation };
  });
}

function eventOf({ user_id: userId, online, last_seen_at }: Row): PassingEvent {
  return { type: 'presence', userId, online, lastSeenAt: online ? null : last_seen_at };
}
