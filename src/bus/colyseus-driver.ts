import type { IRoomCache, MatchMakerDriver, SortOptions } from '@colyseus/core';
import { type ColyseusLease, unattended } from './colyseus/lease.ts';
import { applyChange, type ListingChange } from './colyseus/listing.ts';
import { OwnRoom } from './colyseus/own-room.ts';
import { roomQuery } from './colyseus/room-query.ts';
import { RoomTable } from './colyseus/room-table.ts';

/**
 * Colyseus' room directory in PostgreSQL.
 *
 * - The first node to `insert` a roomId owns it, until it removes it or its lease ends. `persist(room, true)`
 *   never takes a room from a living node either.
 * - A room counts while the lease of its node is valid; afterwards any node clears it away.
 * - A room is removed by its own node only, or with its whole process.
 * - The node keeps the listings of its own rooms and repairs the directory with every heartbeat: what is missing
 *   is listed again, what it does not know is removed. So neither an outage nor an empty table lasts.
 * - `$inc` adds up, from whichever node. `persist(room)` writes everything but the number of clients.
 * - Listings that are read are copies; in Colyseus' local driver they are the rooms' own.
 */
export class ColyseusDriver implements MatchMakerDriver {
  readonly #lease: ColyseusLease;
  readonly #table: RoomTable;
  readonly #own = new Map<string, OwnRoom>();
  /** Recorded perhaps: the answer is under way. */
  readonly #arriving = new Map<string, number>();
  readonly #letGo: () => Promise<void>;
  #down = false;

  constructor(lease: ColyseusLease) {
    this.#lease = lease;
    this.#table = new RoomTable(lease);
    this.#letGo = lease.hold();
    lease.afterRenewal(() => this.#repair());
  }

  boot(): Promise<void> {
    return this.#lease.begin();
  }

  has(roomId: string): Promise<boolean> {
    return this.#table.has(roomId);
  }

  query(conditions: object = {}, sortOptions?: SortOptions): Promise<IRoomCache[]> {
    return this.#table.read(roomQuery(conditions, sortOptions));
  }

  /** Settles as undefined when there is none, which Colyseus expects and its type does not say. */
  findOne(conditions: object, sortOptions?: SortOptions): Promise<IRoomCache> {
    const found = this.#table.read(roomQuery(conditions, sortOptions, 1));
    return unattended(found.then((rooms) => rooms[0] as IRoomCache));
  }

  async findByIds(roomIds: string[]): Promise<Map<string, IRoomCache>> {
    if (roomIds.length === 0) return new Map();
    const rooms = await this.#table.readByIds(roomIds);
    return new Map(rooms.map((room) => [room.roomId, room]));
  }

  insert(room: IRoomCache): Promise<boolean> {
    return unattended(this.#record(room, false));
  }

  persist(room: IRoomCache, create = false): Promise<boolean> {
    if (create) return unattended(this.#record(room, true));
    const { clients: _, ...$set } = room;
    return orLater(this.#ownOf(room)?.write({ $set }) ?? this.#table.change(room, { $set }));
  }

  update(room: IRoomCache, change: ListingChange): Promise<boolean> {
    const own = this.#ownOf(room);
    if (own?.listing !== room) applyChange(room, change);
    return orLater(own?.update(change) ?? this.#table.change(room, change));
  }

  /**
   * Colyseus asks several times for each room, and also for one that never got an id. Only this node's row goes: by
   * the second time the room may be another node's.
   */
  remove(roomId: string | undefined): Promise<boolean> {
    if (roomId === undefined) return Promise.resolve(false);
    const own = this.#own.get(roomId);
    this.#own.delete(roomId);
    return orLater(own?.remove() ?? this.#table.remove(roomId));
  }

  async cleanup(processId: string): Promise<void> {
    for (const [roomId, room] of this.#own) if (room.listing.processId === processId) this.#forget(roomId);
    await this.#table.removeProcess(processId);
  }

  async clear(): Promise<void> {
    for (const roomId of this.#own.keys()) this.#forget(roomId);
    await this.#table.removeEverything();
  }

  async shutdown(): Promise<void> {
    if (this.#down) return;
    this.#down = true;
    for (const roomId of this.#own.keys()) this.#forget(roomId);
    try {
      await this.#table.removeOwn(undefined);
    } finally {
      await this.#letGo();
    }
  }

  async #record(listing: IRoomCache, replaceOwn: boolean): Promise<boolean> {
    const { roomId } = listing;
    this.#arriving.set(roomId, (this.#arriving.get(roomId) ?? 0) + 1);
    try {
      const recorded = await this.#table.insert(listing, replaceOwn);
      if (recorded && !this.#down) {
        this.#forget(roomId);
        this.#own.set(roomId, new OwnRoom(listing, this.#table));
      }
      return recorded;
    } finally {
      const others = this.#arriving.get(roomId)! - 1;
      if (others > 0) this.#arriving.set(roomId, others);
      else this.#arriving.delete(roomId);
    }
  }

  #ownOf({ roomId, processId }: IRoomCache): OwnRoom | undefined {
    const own = this.#own.get(roomId);
    return own?.listing.processId === processId ? own : undefined;
  }

  #forget(roomId: string): void {
    this.#own.get(roomId)?.forget();
    this.#own.delete(roomId);
  }

  async #repair(): Promise<void> {
    if (this.#down) return;
    const stale = [...this.#own.values()].filter((room) => room.isStale);
    await Promise.all(stale.map((room) => room.relist()));
    // Numbers alone would not do: one room too many and one too few look right by their number.
    if ((await this.#table.fingerprintOwn()) === fingerprintOf(this.#own.values())) return;

    const before = new Set(this.#own.values());
    const listed = await this.#table.ownIds();
    const missing = [...before].filter(
      (room) => !listed.has(room.listing.roomId) && this.#own.get(room.listing.roomId) === room,
    );
    await Promise.all(missing.map((room) => room.relist()));
    // A room whose recording failed after all, the answer being lost: nobody could join it.
    const unknown = [...listed].filter((roomId) => !this.#own.has(roomId) && !this.#arriving.has(roomId));
    if (unknown.length > 0) await this.#table.removeOwn(unknown);
  }
}

/** What the directory's must be. A room whose id another node's has taken stays unlisted while both are there. */
function fingerprintOf(rooms: Iterable<OwnRoom>): number {
  let sum = 0;
  for (const room of rooms) if (!room.isStale) sum += room.fingerprint;
  return sum;
}

/**
 * False instead of an error. Colyseus waits for these where nobody waits for Colyseus: a client that leaves during an
 * outage would end the process with an unhandled rejection, and a room whose row cannot be removed would never be
 * disposed of. Nothing is lost by it, since the next heartbeat writes what could not be written.
 */
function orLater(written: Promise<boolean>): Promise<boolean> {
  return written.catch(() => false);
}
