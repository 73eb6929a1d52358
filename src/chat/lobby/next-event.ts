import { randomUUID } from 'node:crypto';
import { query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import type { MessageView } from '../events.ts';
import { messageJson } from '../json-sql.ts';
import { LOBBY_CLAIM_MS, MAX_LOBBY_KEPT, MAX_LOBBY_WAITING } from '../limits.ts';
import type { UnlinkedMessage } from '../media/media-links.ts';
import type { LobbyEventKind } from './log.ts';

/** What is next for one visitor. It stays theirs until it is settled, which moves them past it. */
export type Claimed = {
  readonly claim: string;
  readonly groupName: string;
} & (
  | {
      readonly kind: LobbyEventKind;
      readonly position: number;
      /** How many frames of it have been shown, on a wire that makes several of one event. */
      readonly shownParts: number;
      readonly userId: string | null;
      readonly name: string;
      readonly at: Date;
    }
  | {
      readonly kind: 'message';
      readonly conversationId: string;
      readonly seatId: number;
      readonly message: MessageView;
    }
);

/** `busy`: another request holds what is next. `gone`: this session is not in the lobby any more. */
export type NextEvent = Claimed | 'nothing' | 'busy' | 'dropped' | 'gone';

interface Row {
  readonly free: boolean;
  readonly waiting: number;
  readonly kind: LobbyEventKind | 'message' | null;
  readonly position: number;
  readonly shown_parts: number;
  readonly user_id: string | null;
  readonly name: string | null;
  readonly group_name: string | null;
  readonly conversation_id: string;
  readonly at_ms: number;
  readonly seat_id: number;
  readonly message: UnlinkedMessage;
}

/**
 * One statement. The log has one order and so has each group; the two are put together by `after_seq` inside a group,
 * where it is exact, and by their times otherwise. `waiting` is how many there are at the most.
 */
const CLAIM = `
  with visit as materialized (
    select v.*, v.claim is null or v.claimed_until < clock_timestamp() as free
    from lobby_visit v where v.session_id = $1 for update
  ), seat as materialized (
    select s.*, c.name as group_name, coalesce(s.until_seq, c.last_seq) - s.shown_seq as unheard,
      s.until_position is not null or exists (
        select 1 from membership ms
        where ms.conversation_id = s.conversation_id and ms.user_id = v.user_id and ms.left_at is null
      ) as hears
    from visit v join lobby_seat s on s.session_id = v.session_id
    join conversation c on c.id = s.conversation_id
  ), happened as materialized (
    select h.* from (
      select e.* from visit v cross join lateral (
        select * from lobby_event where conversation_id is null and position > v.position order by position limit 1
      ) e
      union all
      select e.* from visit v cross join seat s cross join lateral (
        select * from lobby_event
        where conversation_id = s.conversation_id and position > greatest(v.position, s.since_position)
          and (s.until_position is null or position <= s.until_position)
        order by position limit 1
      ) e
    ) h order by h.position limit 1
  ), said as materialized (
    select s.id as seat_id, s.group_name, m.* from seat s cross join lateral (
      select * from message where conversation_id = s.conversation_id and seq > s.shown_seq
        and (s.until_seq is null or seq <= s.until_seq) and deleted_at is null
      order by seq limit 1
    ) m where s.hears
  ), next as materialized (
    select * from (
      select h.kind, h.position, h.user_id, h.name, h.conversation_id, h.group_name, h.at, h.at as turn, null::bigint as seat_id,
        null::json as message
      from happened h
      union all
      select 'message', 0, null, null, m.conversation_id, m.group_name, m.created_at,
        case when exists (
          select 1 from happened h where h.conversation_id = m.conversation_id and m.seq <= h.after_seq
        ) then '-infinity' else m.created_at end,
        m.seat_id, ${messageJson('m')}
      from said m
    ) candidate order by turn, kind = 'message', seat_id limit 1
  ), claimed as (
    update lobby_visit t
    set claim = $2, claimed_until = clock_timestamp() + $3::float8 * interval '1 ms'
    from visit v where t.session_id = v.session_id and v.free and exists (select 1 from next)
  )
  select v.free, v.shown_parts,
    greatest(
      (select position from lobby) - v.position + coalesce((select sum(unheard) from seat where hears), 0), 0
    )::float8 as waiting,
    n.kind, n.position::float8, n.user_id, n.name, n.conversation_id, n.group_name, n.seat_id::float8, n.message,
    extract(epoch from n.at)::float8 * 1000 as at_ms
  from visit v left join next n on true`;

/** Claims what is next, so that no other request shows it. Too much of it is dropped altogether. */
export async function claimNext(
  chat: Pick<Chat, 'database' | 'links'>,
  sessionId: string,
): Promise<NextEvent> {
  const claim = randomUUID();
  const [row] = await query<Row>(chat.database.em, CLAIM, [sessionId, claim, LOBBY_CLAIM_MS]);
  if (row === undefined) return 'gone';
  if (!row.free) return 'busy';
  if (row.waiting > MAX_LOBBY_WAITING && (await isTooMuch(chat, sessionId))) {
    await dropAll(chat, sessionId);
    return 'dropped';
  }
  if (row.kind === null) return 'nothing';
  const groupName = row.group_name ?? '';
  if (row.kind === 'message') {
    const message = chat.links.inMessage(row.message);
    return {
      claim,
      groupName,
      kind: row.kind,
      conversationId: row.conversation_id,
      seatId: row.seat_id,
      message,
    };
  }
  return {
    claim,
    groupName,
    kind: row.kind,
    position: row.position,
    shownParts: row.shown_parts,
    userId: row.user_id,
    name: row.name ?? '',
    at: new Date(row.at_ms),
  };
}

export interface Settlement {
  /** There are frames of this event that have not been shown yet. */
  readonly more: boolean;
}

/** It was written to its visitor, and is over. */
export async function settle(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
  claimed: Claimed,
  { more }: Settlement,
): Promise<void> {
  if (claimed.kind === 'message') {
    await query(
      database.em,
      `with visit as (${release} returning session_id)
       update lobby_seat set shown_seq = greatest(shown_seq, $4::int)
       where id = $3::float8 and session_id in (select session_id from visit)`,
      [sessionId, claimed.claim, claimed.seatId, claimed.message.seq],
    );
    return;
  }
  const [position, parts] = more ? [claimed.position - 1, claimed.shownParts + 1] : [claimed.position, 0];
  await query(
    database.em,
    `${release.replace('set ', 'set position = $3::float8, shown_parts = $4::int, ')}`,
    [sessionId, claimed.claim, position, parts],
  );
}

const release = `update lobby_visit set claim = null, claimed_until = null where session_id = $1 and claim = $2`;

/** It could not be written: whoever asks next gets it. */
export async function giveBack(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
  { claim }: Claimed,
): Promise<void> {
  await query(database.em, release, [sessionId, claim]);
}

/** Counted one by one, for the position tells of events of others' groups, too. */
const COUNT = `
  select (v.position < l.position - $3::int) or (
    (select count(*) from (
      select 1 from lobby_event e where e.position > v.position and (e.conversation_id is null or exists (
        select 1 from lobby_seat s where s.session_id = v.session_id and s.conversation_id = e.conversation_id
          and e.position > s.since_position and (s.until_position is null or e.position <= s.until_position)
      )) limit $2::int + 1) e)
    + coalesce((
      select sum(coalesce(s.until_seq, c.last_seq) - s.shown_seq) from lobby_seat s
      join conversation c on c.id = s.conversation_id where s.session_id = v.session_id
    ), 0) > $2::int
  ) as much
  from lobby_visit v, lobby l where v.session_id = $1`;

async function isTooMuch({ database }: Pick<Chat, 'database'>, sessionId: string): Promise<boolean> {
  const limits = [MAX_LOBBY_WAITING, MAX_LOBBY_KEPT];
  const [row] = await query<{ much: boolean }>(database.em, COUNT, [sessionId, ...limits]);
  return row?.much ?? false;
}

/** From here on they hear again what happens. */
async function dropAll({ database }: Pick<Chat, 'database'>, sessionId: string): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    await query(
      em,
      `update lobby_visit set position = (select position from lobby), shown_parts = 0, claim = null,
         claimed_until = null where session_id = $1`,
      [sessionId],
    );
    await query(em, 'delete from lobby_seat where session_id = $1 and until_position is not null', [
      sessionId,
    ]);
    await query(
      em,
      `update lobby_seat s set shown_seq = c.last_seq from conversation c
       where c.id = s.conversation_id and s.session_id = $1`,
      [sessionId],
    );
  });
}
