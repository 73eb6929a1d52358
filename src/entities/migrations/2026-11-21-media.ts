import { Migration } from '@mikro-orm/migrations';

/** Files that people send, and their pictures. */
export class MediaFiles extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table media (
        id uuid primary key,
        owner_id uuid not null references "user" on delete cascade,
        kind text not null check (kind in ('attachment', 'avatar')),
        state text not null check (state in ('uploading', 'loose', 'kept', 'removed')),
        name text not null,
        type text not null,
        bytes int not null,
        size int not null,
        hash text not null,
        width int,
        height int,
        has_thumb boolean not null,
        conversation_id uuid references conversation,
        created_at timestamptz not null,
        changed_at timestamptz not null
      )`);
    this.addSql(`create index media_owner on media (owner_id) where state <> 'removed'`);
    // What the sweep looks through: everything but what is in use, which is nearly all.
    this.addSql(`create index media_unkept on media (changed_at) where state <> 'kept'`);
    // Both or neither: the picture, and the key that opens it to whoever was shown the person.
    this.addSql(`alter table "user" add column avatar_id uuid, add column avatar_key text,
      add check ((avatar_id is null) = (avatar_key is null))`);
    this.addSql(`
      drop function append_messages(uuid[], uuid[], text[], text[], int[], text[])`);
    this.addSql(appendMessages);
  }

  override async down(): Promise<void> {
    throw new Error('messages hold attachments now, which what was before cannot show');
  }
}

/**
 * As it was, with attachments: `p_attachments` holds lists of ids as JSON. They are locked before the checks
 * begin, so a file can be attached once, and never while it is being swept. Facts about a file do not change,
 * so the message keeps a copy of them: reading messages needs no join.
 */
const appendMessages = `
create function append_messages(
  p_conversations uuid[], p_senders uuid[], p_client_ids text[], p_texts text[], p_replies int[], p_attachments text[]
) returns table (
  n int, outcome text, id float8, seq int, rev int, sent_ms float8, members_rev int, member_count int,
  stored_conversation uuid, attachments jsonb
) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  v_now timestamptz;
begin
  perform 1 from conversation c where c.id = any(p_conversations) order by c.id for no key update;
  if exists (select 1 from unnest(p_attachments) a where a is not null) then
    perform 1 from media f where f.owner_id = any(p_senders) and f.id = any(array(
      select (jsonb_array_elements_text(a::jsonb))::uuid from unnest(p_attachments) a where a is not null
    )) order by f.id for no key update;
  end if;
  v_now := date_trunc('milliseconds', clock_timestamp());
  return query
  with input as materialized (
    select i.* from unnest(p_conversations, p_senders, p_client_ids, p_texts, p_replies, p_attachments)
      with ordinality as i(conversation_id, sender_id, client_id, text, reply_to, attachments, n)
  ), writer as materialized (
    select w.conversation_id, w.sender_id, c.last_seq, c.rev, c.members_rev, c.member_count, case
        when ms.user_id is null then 'not_found'
        when c.kind = 'dialog' and exists (
          select 1 from membership o join block b
            on (b.blocker_id = o.user_id and b.blocked_id = w.sender_id)
            or (b.blocker_id = w.sender_id and b.blocked_id = o.user_id)
          where o.conversation_id = w.conversation_id and o.user_id <> w.sender_id
        ) then 'blocked'
        else 'stored' end as verdict
    from (select distinct i.conversation_id, i.sender_id from input i) w
    join conversation c on c.id = w.conversation_id
    left join membership ms
      on ms.conversation_id = w.conversation_id and ms.user_id = w.sender_id and ms.left_at is null
  ), judged as (
    select i.*, w.last_seq, w.rev, w.members_rev, w.member_count, s.id as known_id, s.seq as known_seq,
      s.rev as known_rev, s.created_at as known_at, s.conversation_id as known_conversation,
      case when s.id is not null then 'duplicate'
        when w.verdict is null then 'not_found'
        when w.verdict = 'stored' and i.reply_to > w.last_seq then 'bad_reply'
        else w.verdict end as verdict
    from input i
    left join writer w on w.conversation_id = i.conversation_id and w.sender_id = i.sender_id
    left join lateral (
      select m.id, m.seq, m.rev, m.created_at, m.conversation_id from message m
      where m.sender_id = i.sender_id and m.client_id = i.client_id limit 1
    ) s on true
  ), claimed as materialized (
    select j.n, j.conversation_id, f.id, a.place, row_number() over (partition by f.id order by j.n, a.place) as turn,
      jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size, 'width', f.width,
        'height', f.height) as facts
    from judged j
    cross join lateral jsonb_array_elements_text(j.attachments::jsonb) with ordinality as a(id, place)
    join media f on f.id = a.id::uuid and f.owner_id = j.sender_id and f.kind = 'attachment' and f.state = 'loose'
    where j.verdict = 'stored' and j.attachments is not null
  ), attached as materialized (
    select k.n, jsonb_agg(k.facts order by k.place) as facts, count(*) as amount
    from claimed k where k.turn = 1 group by k.n
  ), outcomes as (
    select j.*, t.facts,
      case when j.verdict = 'stored' and j.attachments is not null
          and t.amount is distinct from jsonb_array_length(j.attachments::jsonb)
        then 'no_attachment' else j.verdict end as outcome
    from judged j left join attached t on t.n = j.n
  ), settled as materialized (
    select j.*, (count(*) filter (where j.outcome = 'stored')
      over (partition by j.conversation_id order by j.n))::int as k,
      case when j.outcome = 'stored' then nextval('message_id_seq') end as new_id
    from outcomes j
  ), kept as (
    update media f set state = 'kept', conversation_id = k.conversation_id, changed_at = v_now
    from claimed k join settled t on t.n = k.n
    where f.id = k.id and k.turn = 1 and t.outcome = 'stored'
  ), bumped as (
    update conversation c set last_seq = c.last_seq + a.amount, rev = c.rev + a.amount, changed_at = v_now
    from (select t.conversation_id, max(t.k) as amount from settled t where t.outcome = 'stored' group by 1) a
    where c.id = a.conversation_id
  ), inserted as (
    insert into message
      (conversation_id, seq, id, sender_id, client_id, text, attachments, reply_to, created_at, rev)
    select t.conversation_id, t.last_seq + t.k, t.new_id, t.sender_id, t.client_id, t.text, t.facts,
      t.reply_to, v_now, t.rev + t.k
    from settled t where t.outcome = 'stored'
  )
  select t.n::int, t.outcome, coalesce(t.known_id, t.new_id)::float8, coalesce(t.known_seq, t.last_seq + t.k),
    coalesce(t.known_rev, t.rev + t.k), extract(epoch from coalesce(t.known_at, v_now))::float8 * 1000,
    t.members_rev, t.member_count, t.known_conversation, t.facts
  from settled t;
end $$`;
