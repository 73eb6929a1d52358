import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import type { Log } from './log.ts';
import { PresenceAnnouncer } from './presence-announcer.ts';
import { PresenceStore } from './presence-store.ts';

export interface PresenceOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly nodeId: string;
  /** A node that has not renewed its lease for this long is dead, and its people are gone. */
  readonly leaseMs: number;
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
  #timer: NodeJS.Timeout | undefined;
  readonly #settling = new Set<Promise<void>>();

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#store = new PresenceStore(options);
    this.#announcer = new PresenceAnnouncer(options.database, options.bus);
  }

  async start(): Promise<void> {
    await this.#store.renewLease(this.#connections.keys());
    this.#timer = setInterval(() => {
      this.#store
        .renewLease(this.#connections.keys())
        .then((gone) =>
          Promise.all(gone.map((userId) => this.#announcer.announce({ userId, online: false }))),
        )
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'renewing the lease failed'));
    }, this.#options.leaseMs / 3);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
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

  /** Settles when what has happened so far is in the database and announced. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  #changed(userId: string): void {
    const settling = this.#note(userId)
      .catch((error: unknown) => this.#options.log.warn({ err: error, userId }, 'noting who is here failed'))
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  async #note(userId: string): Promise<void> {
    const change = await this.#store.set(userId, () => this.#connections.has(userId));
    if (change !== undefined) await this.#announcer.announce({ userId, online: change === 'online' });
  }
}
