import { query } from '../entities/database.ts';
import type { ConversationKind } from '../entities/types.ts';
import type { Chat } from './chat.ts';
import type { MessageView } from './events.ts';
import { isoSql, messageJson } from './json-sql.ts';
import type { UnlinkedMessage } from './media/media-links.ts';

/** Somebody to talk to, or a group: whether or not anything has been said there yet. */
export interface Acquaintance {
  readonly kind: ConversationKind;
  /** The person's number, or the group's. */
  readonly number: number;
  /** Of a person. */
  readonly username: string | null;
  /** What people call them, or the group. */
  readonly name: string;
  /** Null with whom there is no conversation yet. */
  readonly conversationId: string | null;
  /** The newest that is not deleted. */
  readonly lastMessage: MessageView | null;
  /** Who wrote it. */
  readonly lastSender: string | null;
  readonly unreadCount: number;
  /** Of a person: online on any node. */
  readonly online: boolean;
  readonly lastSeenAt: string | null;
}

interface Row extends Omit<Acquaintance, 'lastMessage'> {
  readonly lastMessage: UnlinkedMessage | null;
}

export interface FindEverybody {
  readonly limit: number;
  readonly offset?: number | undefined;
}

// Guests come and go by the thousand: one sees those that one has talked with. Public groups are everybody's, and
// those who are not in one yet see nothing but its name.
const EVERYBODY = `
  with mine as materialized (
    select c.id, c.kind, c.number, c.name, c.created_at, ms.read_seq, other.user_id as peer
    from membership ms join conversation c on c.id = ms.conversation_id
    left join lateral (
      select o.user_id from membership o where o.conversation_id = c.id and c.kind = 'dialog'
      order by o.user_id = $1 limit 1
    ) other on true
    where ms.user_id = $1 and ms.left_at is null
  ), entry as (
    select m.kind, coalesce(u.number, m.number) as number, u.username, coalesce(u.display_name, m.name) as name,
      m.id as conversation_id, m.read_seq, u.id as user_id, u.last_seen_at, m.created_at
    from mine m left join "user" u on u.id = m.peer
    union all
    (select 'dialog', u.number, u.username, u.display_name, null, null, u.id, u.last_seen_at, null from "user" u
     where u.deleted_at is null and (u.password_hash is not null or u.other_way_in or u.bot)
       and not exists (select 1 from mine m where m.peer = u.id)
     order by lower(u.display_name) using ~<~ limit $2::int + $3::int)
    union all
    (select c.kind, c.number, null, c.name, null, null, null, null, null from conversation c
     where c.visibility = 'public' and c.member_count > 0 and not exists (select 1 from mine m where m.id = c.id)
     order by lower(c.name) using ~<~ limit $2::int + $3::int)
  ), page as materialized (
    select e.*, last.seq, row_number() over (
      order by e.user_id is not distinct from $1,
        coalesce(last.created_at, case when e.kind = 'group' then e.created_at end) desc nulls last,
        lower(e.name) using ~<~, e.number
    ) as rank
    from entry e left join lateral (
      select m.seq, m.created_at from message m
      where m.conversation_id = e.conversation_id and m.deleted_at is null order by m.seq desc limit 1
    ) last on true
    order by rank limit $2::int offset $3::int
  )
  select p.kind, p.number, p.username, p.name, p.conversation_id as "conversationId",
    case when m.seq is not null then ${messageJson('m')} end as "lastMessage", s.username as "lastSender",
    coalesce(unread.count, 0) as "unreadCount",
    exists (select 1 from live_user l where l.user_id = p.user_id) as online, ${isoSql('p.last_seen_at')} as "lastSeenAt"
  from page p
  left join message m on m.conversation_id = p.conversation_id and m.seq = p.seq
  left join "user" s on s.id = m.sender_id
  left join lateral (
    select count(*)::int from message x
    where x.conversation_id = p.conversation_id and x.seq > p.read_seq and x.sender_id <> $1 and x.deleted_at is null
  ) unread on true
  order by p.rank`;

/**
 * Everybody there is and the caller's groups, for wires that show no shorter list: where something was said last
 * comes first, then by name, the caller at the end.
 */
export async function findEverybody(
  { database, links }: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { limit, offset = 0 }: FindEverybody,
): Promise<Acquaintance[]> {
  const rows = await query<Row>(database.em.fork(), EVERYBODY, [callerId, limit, offset]);
  return rows.map(({ lastMessage, ...row }) => ({
    ...row,
    lastMessage: lastMessage && links.inMessage(lastMessage),
  }));
}
