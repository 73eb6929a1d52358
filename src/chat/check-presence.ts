import { type Database, query } from '../entities/database.ts';
import type { Feeds } from './feeds.ts';
import { MAX_BATCH, SMALL_GROUP } from './limits.ts';
import { type Check, inChunks } from './position-check.ts';
import type { Presence } from './presence.ts';
import { type Audience, findPresenceNews } from './presence-news.ts';

const CHANGED = 'select user_id from presence_change where changed_at > $1';

const SHOWN = `
  select addressee_id as user_id from friendship where status = 'accepted' and requester_id = any($1)
  union
  select requester_id from friendship where status = 'accepted' and addressee_id = any($1)
  union
  select ms.user_id from membership ms join conversation c on c.id = ms.conversation_id
  where ms.conversation_id = any($2) and ms.left_at is null and c.member_count <= $3`;

/** Tells whoever is alive here who came and went; who has been told already hears nothing. */
export function checkPresence(database: Database, feeds: Feeds, presence: Presence): Check {
  let lossSeen = 0;
  return async ({ since, everything }) => {
    const { lostAt } = presence;
    const audience: Audience = { friends: feeds.users, conversations: feeds.watched };
    const rows =
      everything || lostAt > lossSeen
        ? await shownTo(database, audience)
        : await query<{ user_id: string }>(database.em, CHANGED, [since]);
    for (const people of inChunks(rows, MAX_BATCH)) {
      const userIds = people.map((row) => row.user_id);
      for (const { event, friendId, conversationId } of await findPresenceNews(
        database.em,
        userIds,
        audience,
      )) {
        if (friendId !== null) feeds.feedOf(friendId)?.accept(event);
        if (conversationId !== null) feeds.watchOf(conversationId)?.accept(event);
      }
    }
    lossSeen = Math.max(lossSeen, lostAt);
  };
}

/** All whose coming and going anybody here is shown: when the database no longer knows who changed. */
function shownTo(database: Database, { friends, conversations }: Audience): Promise<{ user_id: string }[]> {
  return query(database.em, SHOWN, [friends, conversations, SMALL_GROUP]);
}
