import type { Bus } from '../bus/bus.ts';
import { type Database, query } from '../entities/database.ts';
import { type PassingEvent, topics } from './events.ts';
import { MAX_PRESENCE_CONVERSATIONS, SMALL_GROUP } from './limits.ts';
import type { Log } from './log.ts';
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
  readonly #connections = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  readonly #settling = new Set<Promise<void>>();

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#store = new PresenceStore(options);
  }

  get here(): number {
    return this.#connections.size;
  }

  async start(): Promise<void> {
    await this.#store.renewLease(this.#connections.keys());
    this.#timer = setInterval(() => {
      this.#store
        .renewLease(this.#connections.keys())
        .then((gone) => this.#announce(gone, false))
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
    if (change !== undefined) await this.#announce([userId], change === 'online');
  }

  /** To friends, and to whoever has a conversation with them open. */
  async #announce(userIds: readonly string[], online: boolean): Promise<void> {
    if (userIds.length === 0) return;
    const rows = await query<{
      user_id: string;
      topic_user: string | null;
      topic_conversation: string | null;
    }>(
      this.#options.database.em,
      `select f.me as user_id, f.other::text as topic_user, null as topic_conversation from (
         select requester_id as me, addressee_id as other from friendship where status = 'accepted' and requester_id = any($1)
         union all
         select addressee_id, requester_id from friendship where status = 'accepted' and addressee_id = any($1)
       ) f
       union all
       (select ms.user_id, null, ms.conversation_id::text from membership ms
        join conversation c on c.id = ms.conversation_id
        where ms.user_id = any($1) and ms.left_at is null and c.member_count <= $2
        limit $3)`,
      [userIds, SMALL_GROUP, MAX_PRESENCE_CONVERSATIONS * userIds.length],
    );
    const lastSeenAt = online ? null : new Date().toISOString();
    for (const row of rows) {
      const event: PassingEvent = { type: 'presence', userId: row.user_id, online, lastSeenAt };
      const topic = row.topic_user
        ? topics.user(row.topic_user)
        : topics.conversation(row.topic_conversation!);
      this.#options.bus.publish(topic, event);
    }
  }
}
