import { type Database, query } from '../entities/database.ts';
import type { Feeds } from './feeds.ts';
import { MAX_CHECKED_AT_ONCE } from './limits.ts';
import { type Check, inChunks } from './position-check.ts';

const JOINED = `
  select user_id, conversation_id from membership
  where left_at is null and user_id = any($1) and ($2::timestamptz is null or joined_at > $2)`;

/** Shows people the conversations that they have come into. */
export function checkMemberships(database: Database, feeds: Feeds): Check {
  return async ({ since, everything }) => {
    let failed = 0;
    for (const users of inChunks(feeds.users, MAX_CHECKED_AT_ONCE)) {
      const rows = await query<{ user_id: string; conversation_id: string }>(database.em, JOINED, [
        users,
        everything ? null : since,
      ]);
      for (const { user_id, conversation_id } of rows) {
        if (feeds.feedOf(user_id)?.follows(conversation_id) !== false) continue;
        await feeds.feedOf(user_id)?.adopt(conversation_id);
        if (feeds.feedOf(user_id)?.follows(conversation_id) === false) failed += 1;
      }
    }
    if (failed > 0) throw new Error(`${failed} conversations could not be taken up`);
  };
}
