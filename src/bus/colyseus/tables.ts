/** All that is needed from PostgreSQL (13 or later): one statement with bound parameters, committed by itself. */
export interface ColyseusDatabase {
  query<Row>(sql: string, params: unknown[]): Promise<Row[]>;
}

/** Any number will do, as long as every node uses the same. */
const TABLES_LOCK = 7_265_818;

/**
 * Unlogged: all of this describes what runs at this moment. After a crash of PostgreSQL the tables are empty,
 * and each node lists its rooms again with its next heartbeat.
 *
 * One `do` block, since drivers with bound parameters send one statement at a time; it is a transaction, and the
 * lock in it keeps nodes that start together from creating the same table twice.
 */
export const CREATE_TABLES = `do $$
begin
  perform pg_advisory_xact_lock(${TABLES_LOCK});
  if to_regclass('colyseus_list') is not null then
    return;
  end if;

  -- A process, for as long as it renews, and where the others reach it.
  create unlogged table colyseus_node (
    id text primary key,
    lease_until timestamptz not null,
    process_id text,
    address text,
    -- Its own first, then those that it gets on with.
    family text
  );
  create index colyseus_node_process on colyseus_node (process_id);

  -- A room listing counts while the lease of its node does.
  create unlogged table colyseus_room (
    room_id text primary key,
    number bigint generated always as identity,
    node_id text not null,
    process_id text,
    listing jsonb not null
  );
  create index colyseus_room_node on colyseus_room (node_id);
  create index colyseus_room_process on colyseus_room (process_id);
  -- Without its waiting list: that makes every read dear, so that PostgreSQL prefers to read the whole table.
  create index colyseus_room_listing on colyseus_room using gin (listing jsonb_path_ops) with (fastupdate = off);

  create unlogged table colyseus_string (key text primary key, value text not null, expires_at timestamptz);
  create unlogged table colyseus_hash (
    key text, field text, value text not null, expires_at timestamptz, primary key (key, field)
  );
  create unlogged table colyseus_set (key text, member text, expires_at timestamptz, primary key (key, member));
  create unlogged table colyseus_list (
    key text primary key, items text[] not null, taken text, expires_at timestamptz
  );
  create index colyseus_string_expiry on colyseus_string (expires_at) where expires_at is not null;
  create index colyseus_hash_expiry on colyseus_hash (expires_at) where expires_at is not null;
  create index colyseus_set_expiry on colyseus_set (expires_at) where expires_at is not null;
  create index colyseus_list_expiry on colyseus_list (expires_at) where expires_at is not null;
end
$$`;

/** Deleting the node's row first makes sure that it did not renew meanwhile. */
export const SWEEP = `with
  dead as (delete from colyseus_node where lease_until < now() returning id),
  rooms as (delete from colyseus_room where node_id in (select id from dead)),
  strings as (delete from colyseus_string where expires_at < now()),
  fields as (delete from colyseus_hash where expires_at < now()),
  members as (delete from colyseus_set where expires_at < now()),
  lists as (delete from colyseus_list where expires_at < now() or cardinality(items) = 0)
  select count(*) from dead`;

/** `$1` is the node, `$2` the length of its lease in milliseconds. The clock that counts is the database's. */
export const RENEW_LEASE = `insert into colyseus_node (id, lease_until)
  values ($1, now() + $2::float8 * interval '1 ms')
  on conflict (id) do update set lease_until = excluded.lease_until`;

/** A whole heartbeat: `$3` to `$5` are the process, as `ColyseusProcess` has it, or null when it cannot be found (any more). */
export const RENEW_NODE = `insert into colyseus_node (id, lease_until, process_id, address, family)
  values ($1, now() + $2::float8 * interval '1 ms', $3, $4, $5)
  on conflict (id) do update set
    lease_until = excluded.lease_until,
    process_id = excluded.process_id,
    address = excluded.address,
    family = excluded.family`;

/** A living process that does not get on with one of family `$1`, or with which that one (`$2`) does not. */
export const FIND_STRANGER = `select 1 from colyseus_node
  where lease_until > now()
    and not (split_part(family, ' ', 1) = any($2::text[]) and $1 = any(string_to_array(family, ' ')))
  limit 1`;
