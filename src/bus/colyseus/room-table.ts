import { createHash } from 'node:crypto';
import type { IRoomCache } from '@colyseus/core';
import type { ColyseusLease } from './lease.ts';
import { decode, encode, type ListingChange } from './listing.ts';
import { LIVE_ROOMS, type Statement } from './room-query.ts';
import { RENEW_LEASE } from './tables.ts';

/** The statements about rooms. */
export class RoomTable {
  readonly #lease: ColyseusLease;

  constructor(lease: ColyseusLease) {
    this.#lease = lease;
  }

  read({ sql, params }: Statement): Promise<IRoomCache[]> {
    return this.#lease.run<{ listing: string }, IRoomCache[]>(sql, params, (rows) =>
      rows.map((row) => decode<IRoomCache>(row.listing)),
    );
  }

  readByIds(roomIds: readonly string[]): Promise<IRoomCache[]> {
    const sql = `select r.listing::text as listing from ${LIVE_ROOMS} where r.room_id = any($1::text[])`;
    return this.read({ sql, params: [roomIds] });
  }

  has(roomId: string): Promise<boolean> {
    return this.#some(`select 1 from ${LIVE_ROOMS} where r.room_id = $1`, [roomId]);
  }

  /**
   * Records a room unless a living node has it. In a conflict the row's lock decides who was first, and the
   * loser sees the winner's row. The lease is renewed by the same statement: a listing that was accepted counts.
   */
  insert(listing: IRoomCache, replaceOwn: boolean): Promise<boolean> {
    return this.#some(
      `with lease as (${RENEW_LEASE})
       insert into colyseus_room as r (node_id, room_id, process_id, listing) values ($1, $3, $4, $5::jsonb)
       on conflict (room_id) do update
         set node_id = excluded.node_id, process_id = excluded.process_id, listing = excluded.listing
         where case when r.node_id = $1 then $6::boolean else not exists (
           select 1 from colyseus_node n where n.id = r.node_id and n.lease_until > now()
         ) end
       returning 1`,
      [
        this.#lease.nodeId,
        this.#lease.leaseMs,
        listing.roomId,
        listing.processId,
        encode(listing),
        replaceOwn,
      ],
    );
  }

  /** False if the process has no such room (any more). Concurrent changes add up. */
  change({ roomId, processId }: IRoomCache, { $set = {}, $inc = {} }: ListingChange): Promise<boolean> {
    return this.#some(
      `update colyseus_room r set listing = r.listing || $3::jsonb || coalesce((
         select jsonb_object_agg(i.key, i.value::numeric + coalesce(
           ($3::jsonb ->> i.key)::numeric, (r.listing ->> i.key)::numeric, 0))
         from jsonb_each_text($4::jsonb) i
       ), '{}')
       where r.room_id = $1 and r.process_id = $2 returning 1`,
      [roomId, processId, encode($set), encode($inc)],
    );
  }

  remove(roomId: string): Promise<boolean> {
    return this.#some('delete from colyseus_room where room_id = $1 and node_id = $2 returning 1', [
      roomId,
      this.#lease.nodeId,
    ]);
  }

  removeProcess(processId: string): Promise<boolean> {
    return this.#some('delete from colyseus_room where process_id = $1 returning 1', [processId]);
  }

  removeEverything(): Promise<boolean> {
    return this.#some('delete from colyseus_room returning 1', []);
  }

  removeOwn(roomIds: readonly string[] | undefined): Promise<boolean> {
    return this.#some(
      `delete from colyseus_room
       where node_id = $1 and ($2::text[] is null or room_id = any($2::text[])) returning 1`,
      [this.#lease.nodeId, roomIds ?? null],
    );
  }

  /** The sum of the fingerprints of this node's rooms: the same as theirs if the same rooms are listed. */
  fingerprintOwn(): Promise<number> {
    const sql = `select coalesce(sum(('x' || left(md5(room_id), 8))::bit(32)::bigint), 0)::text as sum
      from colyseus_room where node_id = $1`;
    return this.#lease.run<{ sum: string }, number>(sql, [this.#lease.nodeId], (rows) =>
      Number(rows[0]?.sum),
    );
  }

  ownIds(): Promise<Set<string>> {
    const sql = 'select room_id from colyseus_room where node_id = $1';
    return this.#lease.run<{ room_id: string }, Set<string>>(
      sql,
      [this.#lease.nodeId],
      (rows) => new Set(rows.map((row) => row.room_id)),
    );
  }

  #some(sql: string, params: unknown[]): Promise<boolean> {
    return this.#lease.run(sql, params, (rows) => rows.length > 0);
  }
}

/** 32 bits, as `fingerprintOwn` makes them: the sum of very many still fits into a number. */
export function fingerprint(roomId: string): number {
  return createHash('md5').update(roomId).digest().readUInt32BE(0);
}
