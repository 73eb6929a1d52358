import { type Database, query } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import type { Feeds } from './feeds.ts';
import type { Check } from './position-check.ts';
import { friendshipView } from './views.ts';

const CHANGED = `
  select id from friendship where changed_at > $1 and (requester_id = any($2) or addressee_id = any($2))`;

/** However long ago: friendships change rarely, and are found by the time of their change. */
export function checkFriendships(database: Database, feeds: Feeds): Check {
  return async ({ since }) => {
    const users = feeds.users;
    if (users.length === 0) return;
    const changed = await query<{ id: string }>(database.em, CHANGED, [since, users]);
    if (changed.length === 0) return;
    const recent = await database.em.fork().find(Friendship, { id: changed.map((row) => row.id) });
    for (const friendship of recent) {
      const event = { type: 'friendship', friendship: friendshipView(friendship) } as const;
      for (const userId of [friendship.requesterId, friendship.addresseeId]) {
        if (friendship.isShownTo(userId)) feeds.feedOf(userId)?.accept(event);
      }
    }
  };
}
