import type { Bus } from '../bus/bus.ts';
import { type Database, query } from '../entities/database.ts';
import { Batcher } from './batcher.ts';
import { ChatError } from './errors.ts';
import { type PassingEvent, topics } from './events.ts';
import { MAX_BATCH, MAX_PRESENCE_CONVERSATIONS, MAX_QUEUED, SMALL_GROUP } from './limits.ts';

export interface PresenceNews {
  readonly userId: string;
  readonly online: boolean;
}

interface Row {
  readonly user_id: string;
  /** One of the two: a friend, or a conversation that somebody may have open. */
  readonly friend: string | null;
  readonly conversation: string | null;
}

const CONCERNED = `
  select f.me as user_id, f.other::text as friend, null as conversation from (
    select requester_id as me, addressee_id as other from friendship
    where status = 'accepted' and requester_id = any($1)
    union all
    select addressee_id, requester_id from friendship where status = 'accepted' and addressee_id = any($1)
  ) f
  union all
  (select ms.user_id, null, ms.conversation_id::text from membership ms
   join conversation c on c.id = ms.conversation_id
   where ms.user_id = any($1) and ms.left_at is null and c.member_count <= $2
   limit $3)`;

/**
 * Tells friends, and whoever has a conversation with them open, who came and went. In batches: after a restart
 * all come at once.
 */
export class PresenceAnnouncer {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #batcher: Batcher<PresenceNews, undefined>;

  constructor(database: Database, bus: Bus) {
    this.#database = database;
    this.#bus = bus;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED,
      commit: async (news) => {
        await this.#announce(news);
        return news.map(() => undefined);
      },
      isPoison: () => false,
      refusal: () => new ChatError('unavailable', 'who came and went could not be told'),
    });
  }

  async announce(news: PresenceNews): Promise<void> {
    await this.#batcher.add(news);
  }

  async #announce(news: readonly PresenceNews[]): Promise<void> {
    // Of somebody who came and went, only how it is now.
    const online = new Map(news.map((each) => [each.userId, each.online]));
    const users = [...online.keys()];
    const limit = MAX_PRESENCE_CONVERSATIONS * users.length;
    const rows = await query<Row>(this.#database.em, CONCERNED, [users, SMALL_GROUP, limit]);
    const now = new Date().toISOString();
    const events = new Map(
      users.map((userId) => [userId, eventOf(userId, online.get(userId) ?? false, now)]),
    );
    for (const { user_id, friend, conversation } of rows) {
      const topic = friend === null ? topics.conversation(conversation!) : topics.user(friend);
      this.#bus.publish(topic, events.get(user_id)!);
    }
  }
}

function eventOf(userId: string, online: boolean, now: string): PassingEvent {
  return { type: 'presence', userId, online, lastSeenAt: online ? null : now };
}
