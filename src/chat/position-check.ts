import { type Database, query } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import type { Feeds } from './feeds.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Log } from './log.ts';
import { friendshipView } from './views.ts';

export interface PositionCheckOptions {
  readonly database: Database;
  readonly feeds: Feeds;
  readonly sessions: LiveSessions;
  readonly log: Log;
  readonly intervalMs: number;
}

/**
 * How far back each round looks. A change is stamped before it commits, so a round must see again what was
 * stamped before the last one: longer than any transaction of ours takes.
 */
const LOOK_BACK_MS = 10_000;

/**
 * The bus may lose anything. Every few seconds this asks the database what has changed lately and repairs
 * what this node was not told, so that a lost hint costs seconds and never a message.
 */
export class PositionCheck {
  readonly #options: PositionCheckOptions;
  readonly #lookBackMs: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = true;
  /** What the round before saw: a position behind that is behind for good, not just about to be told. */
  #seenBefore = new Map<string, number>();

  constructor(options: PositionCheckOptions) {
    this.#options = options;
    this.#lookBackMs = Math.max(LOOK_BACK_MS, 3 * options.intervalMs);
  }

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.run()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a position check failed'))
        .finally(() => this.#schedule());
    }, this.#options.intervalMs);
  }

  /** One round, which is all there is to it: the timer only repeats it. */
  async run(): Promise<void> {
    await Promise.all([
      this.#checkConversations(),
      this.#checkMemberships(),
      this.#checkFriendships(),
      this.#checkSessions(),
    ]);
  }

  async #checkConversations(): Promise<void> {
    const { database, feeds } = this.#options;
    const rows = await query<{ id: string; rev: number }>(
      database.em,
      `select id, rev from conversation where changed_at > now() - $1::float8 * interval '1 ms'`,
      [this.#lookBackMs],
    );
    const fills: Promise<void>[] = [];
    for (const { id } of rows) {
      const seenBefore = this.#seenBefore.get(id);
      if (seenBefore === undefined) continue;
      for (const cursor of feeds.cursors.of(id)) if (cursor.rev < seenBefore) fills.push(cursor.fill());
    }
    this.#seenBefore = new Map(rows.map(({ id, rev }) => [id, rev]));
    await Promise.all(fills);
  }

  async #checkMemberships(): Promise<void> {
    const { database, feeds } = this.#options;
    const rows = await query<{ user_id: string; conversation_id: string }>(
      database.em,
      `select ms.user_id, ms.conversation_id from membership ms join conversation c on c.id = ms.conversation_id
       where c.changed_at > now() - $1::float8 * interval '1 ms'
         and ms.joined_at > now() - $1::float8 * interval '1 ms'
         and ms.left_at is null and ms.user_id = any($2)`,
      [this.#lookBackMs, feeds.users],
    );
    for (const row of rows) {
      const feed = feeds.feedOf(row.user_id);
      if (feed && !feed.follows(row.conversation_id)) await feed.adopt(row.conversation_id);
    }
  }

  async #checkFriendships(): Promise<void> {
    const { database, feeds } = this.#options;
    const users = feeds.users;
    if (users.length === 0) return;
    const recent = await database.em.fork().find(Friendship, {
      changedAt: { $gt: new Date(Date.now() - this.#lookBackMs) },
      $or: [{ requesterId: { $in: users } }, { addresseeId: { $in: users } }],
    });
    for (const friendship of recent) {
      const event = { type: 'friendship', friendship: friendshipView(friendship) } as const;
      feeds.feedOf(friendship.requesterId)?.accept(event);
      feeds.feedOf(friendship.addresseeId)?.accept(event);
    }
  }

  async #checkSessions(): Promise<void> {
    const { database, sessions } = this.#options;
    const rows = await query<{ id: string }>(
      database.em,
      `select id from session where revoked_at > now() - $1::float8 * interval '1 ms'`,
      [this.#lookBackMs],
    );
    sessions.endHere(rows.map((row) => row.id));
  }
}
