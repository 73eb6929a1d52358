import { Migration } from '@mikro-orm/migrations';

/** Who hears of everybody's comings and goings, how far they have heard, and what there is to hear. */
export class TheLobby extends Migration {
  override async up(): Promise<void> {
    // One row. Whoever adds events holds it until they commit, so the order of positions is the order of commits.
    this.addSql(`
      create table lobby (
        only_one boolean primary key default true check (only_one),
        position bigint not null default 0
      ) with (fillfactor = 20)`);
    this.addSql(`insert into lobby default values`);
    // No foreign keys: it says what was, with the names of then. Events of a group are for those who are in it.
    this.addSql(`
      create table lobby_event (
        position bigint primary key,
        kind text not null check (kind in ('arrived', 'departed', 'joined', 'left', 'opened', 'closed')),
        user_id uuid,
        name text,
        conversation_id uuid,
        group_name text,
        after_seq int,
        at timestamptz not null
      )`);
    this.addSql(`create index lobby_event_of_all on lobby_event (position) where conversation_id is null`);
    this.addSql(`
      create index lobby_event_of_group on lobby_event (conversation_id, position)
      where conversation_id is not null`);
    // Rewritten with every event that is shown: no index holds what changes then.
    this.addSql(`
      create table lobby_visit (
        session_id uuid primary key references session on delete cascade,
        user_id uuid not null unique references "user" on delete cascade,
        name text not null,
        active_at timestamptz not null,
        position bigint not null,
        shown_parts int not null default 0,
        claim uuid,
        claimed_until timestamptz
      ) with (fillfactor = 50)`);
    // One that was given up stays until its visitor has heard what was said while they had it.
    this.addSql(`
      create table lobby_seat (
        id bigint generated always as identity primary key,
        session_id uuid not null references lobby_visit on delete cascade,
        conversation_id uuid not null references conversation on delete cascade,
        entered boolean not null,
        since_position bigint not null,
        until_position bigint,
        shown_seq int not null,
        until_seq int
      ) with (fillfactor = 50)`);
    this.addSql(`
      create unique index lobby_seat_taken on lobby_seat (session_id, conversation_id)
      where until_position is null`);
    this.addSql(`create index lobby_seat_of_visit on lobby_seat (session_id)`);
    this.addSql(`create index lobby_seat_of_group on lobby_seat (conversation_id)`);
    this.addSql(claimLobbyEvent);

    // What a guest was called who has gone: somebody else may be called so now.
    this.addSql(`alter table "user" add column former_name text`);
    this.addSql(`alter table conversation add column closed_at timestamptz`);
    this.addSql(`create index conversation_closed on conversation (name) where closed_at is not null`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table conversation drop column closed_at`);
    this.addSql(`alter table "user" drop column former_name`);
    this.addSql(`drop function claim_lobby_event`);
    this.addSql(`drop table lobby_seat, lobby_visit, lobby_event, lobby`);
  }
}

/**
 * What is next for one visitor, claimed for whoever asked; nothing for who is not in the lobby. A function, because the
 * second statement must see what was settled until the first one had its lock.
 *
 * The log has one order and so has each group. The two are put together by `after_seq` inside a group, where it is
 * exact, and by their times otherwise. `waiting` is how many there are at the most.
 */
const claimLobbyEvent = `
create function claim_lobby_event(p_session uuid, p_claim uuid, p_claim_ms float8) returns table (
  free boolean, waiting float8, shown_parts int, kind text, "position" float8, user_id uuid, name text,
  conversation_id uuid, group_name text, at_ms float8, seat_id float8, message json
) language plpgsql as $$
#variable_conflict use_column
declare
  v lobby_visit;
begin
  select * into v from lobby_visit where session_id = p_session for update;
  if v.session_id is null then
    return;
  end if;
  if v.claimed_until >= clock_timestamp() then
    return query select false, 0::float8, 0, null::text, null::float8, null::uuid, null::text, null::uuid, null::text,
      null::float8, null::float8, null::json;
    return;
  end if;
  return query
  with seat as materialized (
    select s.*, c.name as group_name, coalesce(s.until_seq, c.last_seq) - s.shown_seq as unheard,
      s.until_position is not null or exists (
        select 1 from membership ms
        where ms.conversation_id = s.conversation_id and ms.user_id = v.user_id and ms.left_at is null
      ) as hears
    from lobby_seat s join conversation c on c.id = s.conversation_id where s.session_id = v.session_id
  ), happened as materialized (
    select h.* from (
      (select e.* from lobby_event e where e.conversation_id is null and e.position > v.position
       order by e.position limit 1)
      union all
      select e.* from seat s cross join lateral (
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
      select h.kind, h.position, h.user_id, h.name, h.conversation_id, h.group_name, h.at, h.at as turn,
        null::bigint as seat_id, null::json as message
      from happened h
      union all
      select 'message', 0, null, null, m.conversation_id, m.group_name, m.created_at,
        case when exists (
          select 1 from happened h where h.conversation_id = m.conversation_id and m.seq <= h.after_seq
        ) then '-infinity' else m.created_at end,
        m.seat_id, json_build_object(
          'id', m.id, 'seq', m.seq, 'rev', m.rev, 'senderId', m.sender_id, 'clientId', m.client_id, 'text', m.text,
          'attachments', coalesce(m.attachments, '[]'), 'replyTo', m.reply_to,
          'sentAt', to_char(m.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'editedAt', to_char(m.edited_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'deletedAt', null)
      from said m
    ) candidate order by turn, kind = 'message', seat_id limit 1
  ), claimed as (
    update lobby_visit t
    set claim = p_claim, claimed_until = clock_timestamp() + p_claim_ms * interval '1 ms'
    where t.session_id = v.session_id and exists (select 1 from next)
  )
  select true,
    greatest(
      (select l.position from lobby l) - v.position + coalesce((select sum(unheard) from seat where hears), 0), 0
    )::float8,
    v.shown_parts, n.kind, n.position::float8, n.user_id, n.name, n.conversation_id, n.group_name,
    extract(epoch from n.at)::float8 * 1000, n.seat_id::float8, n.message
  from (select 1) one left join next n on true;
end $$`;
