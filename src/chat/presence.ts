import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { MIN_LEASE_PAUSE_MS } from './limits.ts';
import type { Log } from './log.ts';
import { PresenceAnnouncer } from './presence-announcer.ts';
import { type NodeFacts, PresenceStore } from './presence-store.ts';

export interface PresenceOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly nodeId: string;
  /** A node that has not renewed its lease for this long is dead, and its people are gone. */
  readonly leaseMs: number;
  /** What it says about itself to admins. */
  readonly facts?: (() => NodeFacts) | undefined;
}

/**
 * A person is online while at least one connection of theirs is alive on a node whose lease is valid. This
 * node counts its own connections; the database knows which nodes hold whom.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #store: PresenceStore;
  readonly #announcer: PresenceAnnouncer;
  readonly #connections = new Map<string, number>();
  /** What could not be written: tried again with the next renewal. */
  readonly #unnoted = new Set<string>();
  readonly #settling = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Since when, and until when, this node has held its lease without a break. */
  #heldSince = 0;
  #renewedAt = 0;
  #lostAt = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#store = new PresenceStore(options);
    this.#announcer = new PresenceAnnouncer(options.database, options.bus);
  }

  async start(): Promise<void> {
    await this.#store.renewLease();
    this.#heldSince = this.#renewedAt = performance.now();
    this.#schedule(this.#options.leaseMs / 3);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    await this.settled();
    // Best effort: a lease that is not given up runs out.
    await this.#store
      .giveUpLease()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'giving up the lease failed'));
  }

  /** One more connection of this person; returns the way to take it back. */
  connect(userId: string): () => void {
    const count = this.#connections.get(userId) ?? 0;
    this.#connections.set(userId, count + 1);
    if (count === 0) this.#changed(userId);
    let connected = true;
    return () => {
      if (!connected) return;
      connected = false;
      const left = (this.#connections.get(userId) ?? 1) - 1;
      if (left > 0) this.#connections.set(userId, left);
      else this.#connections.delete(userId);
      if (left === 0) this.#changed(userId);
    };
  }

  /** Those of these people who are online, on any node. */
  online(userIds: readonly string[]): Promise<Set<string>> {
    return this.#store.online(userIds);
  }

  /**
   * When the database last forgot who is where, or took this node for dead (`performance.now()`, 0 for never);
   * said only when every node has had the time to say again whom it holds.
   */
  get lostAt(): number {
    return performance.now() - this.#lostAt > this.#options.leaseMs ? this.#lostAt : 0;
  }

  /** Settles when what has happened so far is in the database and announced. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew()
        .catch((error: unknown) => {
          this.#options.log.warn({ err: error }, 'renewing the lease failed');
          return this.#options.leaseMs / 10;
        })
        .then((pause) => this.#schedule(Math.min(pause, this.#options.leaseMs / 3)));
    }, ms);
  }

  /** Renews the lease, catches up on what could not be written, clears away the dead. Answers when to come again. */
  async #renew(): Promise<number> {
    const now = performance.now();
    const lost = await this.#store.renewLease();
    if (lost || now - this.#renewedAt > this.#options.leaseMs) this.#heldSince = now;
    if (lost) this.#lostAt = now;
    this.#renewedAt = now;
    const again = new Set([...this.#unnoted, ...(lost ? this.#connections.keys() : [])]);
    this.#unnoted.clear();
    for (const userId of again) this.#changed(userId);

    // What kept this node from renewing, an outage of the database, kept the others too: they come first.
    const patience = this.#heldSince + this.#options.leaseMs / 2 - now;
    if (patience <= 0) {
      const gone = await this.#store.clearDeadNodes();
      await Promise.all(gone.map((userId) => this.#announcer.announce(userId)));
    }
    return Math.max(await this.#store.nextEnd(), patience, MIN_LEASE_PAUSE_MS);
  }

  #changed(userId: string): void {
    const settling = this.#note(userId)
      .catch((error: unknown) => {
        this.#unnoted.add(userId);
        this.#options.log.warn({ err: error, userId }, 'noting who is here failed');
      })
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  async #note(userId: string): Promise<void> {
    const changed = await this.#store.set(userId, () => this.#connections.has(userId));
    if (changed) await this.#announcer.announce(userId);
  }
}
