import type { IRoomCache } from '@colyseus/core';
import { unattended } from './lease.ts';
import { applyChange, type ListingChange, mergeChanges } from './listing.ts';
import { fingerprint, type RoomTable } from './room-table.ts';

/**
 * A room that runs on this node, and the writes to its row. They go one after the other, and what comes while one
 * is under way goes together in the next: a crowd that joins one room costs one connection and few statements.
 *
 * The listing itself changes at once. So when a write fails or the row is lost (PostgreSQL crashed, or this node
 * was stalled and thought dead), writing the whole listing again repairs everything that the row has missed.
 */
export class OwnRoom {
  readonly listing: IRoomCache;
  readonly fingerprint: number;
  readonly #table: RoomTable;
  #running: Promise<unknown> = Promise.resolve();
  #next: { change: ListingChange; done: Promise<boolean> } | undefined;
  #stale = false;
  #gone = false;

  constructor(listing: IRoomCache, table: RoomTable) {
    this.listing = listing;
    this.fingerprint = fingerprint(listing.roomId);
    this.#table = table;
  }

  /** True when the row is known not to say what the listing says. */
  get isStale(): boolean {
    return this.#stale;
  }

  update(change: ListingChange): Promise<boolean> {
    applyChange(this.listing, change);
    return this.write(change);
  }

  /** Writes a change that the listing already has. */
  write(change: ListingChange): Promise<boolean> {
    this.#next ??= { change: {}, done: this.#inTurn(() => this.#flush()) };
    this.#next.change = mergeChanges(this.#next.change, change);
    return this.#next.done;
  }

  /** Writes the whole listing; false while another node's room has its id. */
  relist(): Promise<boolean> {
    this.#stale = true;
    return this.write({});
  }

  /** After the writes that are under way; what was still to be written is not. */
  remove(): Promise<boolean> {
    this.forget();
    return this.#inTurn(() => this.#table.remove(this.listing.roomId));
  }

  forget(): void {
    this.#gone = true;
  }

  async #flush(): Promise<boolean> {
    const { change } = this.#next!;
    this.#next = undefined;
    if (this.#gone) return false;
    try {
      const applied = !this.#stale && (await this.#table.change(this.listing, change));
      if (applied || this.#gone) return applied;
      this.#stale = true;
      this.#emptyNext();
      const listed = await this.#table.insert(this.listing, true);
      this.#stale = !listed;
      return listed;
    } catch (error) {
      this.#stale = true;
      throw error;
    }
  }

  /** What waits for its turn is in the listing already, and would be counted twice. */
  #emptyNext(): void {
    if (this.#next !== undefined) this.#next.change = {};
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#running.then(work);
    this.#running = unattended(answer).catch(() => {});
    return answer;
  }
}
