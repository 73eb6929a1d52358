import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { Batcher } from './batcher.ts';
import { ChatError } from './errors.ts';
import { topics } from './events.ts';
import { MAX_BATCH, MAX_QUEUED } from './limits.ts';
import { findPresenceNews } from './presence-news.ts';

/**
 * Tells friends, and whoever has a conversation with them open, who came and went. In batches: after a restart
 * all come at once. What is told is how it is by then, so that somebody's second node does not say they left.
 */
export class PresenceAnnouncer {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #batcher: Batcher<string, undefined>;

  constructor(database: Database, bus: Bus) {
    this.#database = database;
    this.#bus = bus;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED,
      commit: async (userIds) => {
        await this.#announce([...new Set(userIds)]);
        return userIds.map(() => undefined);
      },
      isPoison: () => false,
      refusal: () => new ChatError('unavailable', 'who came and went could not be told'),
    });
  }

  async announce(userId: string): Promise<void> {
    await this.#batcher.add(userId);
  }

  async #announce(userIds: readonly string[]): Promise<void> {
    const news = await findPresenceNews(this.#database.em, userIds);
    for (const { event, friendId, conversationId } of news) {
      this.#bus.publish(
        friendId === null ? topics.conversation(conversationId!) : topics.user(friendId),
        event,
      );
    }
  }
}
