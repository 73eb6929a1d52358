import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { Batcher } from './batcher.ts';
import { topics } from './events.ts';
import { MAX_BATCH, MAX_QUEUED } from './limits.ts';
import type { Log } from './log.ts';
import { findUserNews } from './user-news.ts';

export interface UserAnnouncerOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
}

/**
 * Tells whoever may be showing somebody that they have another name or picture. One after the other, each as they are
 * by then: of two changes at the same moment the later one is told last.
 */
export class UserAnnouncer {
  readonly #options: UserAnnouncerOptions;
  readonly #batcher: Batcher<string, undefined>;

  constructor(options: UserAnnouncerOptions) {
    this.#options = options;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED,
      commit: async (userIds) => {
        for (const userId of new Set(userIds)) await this.#announce(userId).catch(this.#missed);
        return userIds.map(() => undefined);
      },
      isPoison: () => false,
      refusal: (error) => error as Error,
    });
  }

  /** Called after the commit, never before. Failing to tell is no reason to fail what was committed. */
  async announce(userId: string): Promise<void> {
    await this.#batcher.add(userId).catch(this.#missed);
  }

  async #announce(userId: string): Promise<void> {
    const { database, bus } = this.#options;
    const news = await findUserNews(database.em.fork(), userId);
    if (news === undefined) return;
    const { event, hearers, conversations } = news;
    // The same object for all who are told, because each wire encodes an object once.
    for (const hearer of [userId, ...hearers]) bus.publish(topics.user(hearer), event);
    for (const conversation of conversations) bus.publish(topics.conversation(conversation), event);
  }

  readonly #missed = (error: unknown): void => {
    this.#options.log.warn({ err: error }, 'another name or picture could not be told');
  };
}
