import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import { isoSql } from './json-sql.ts';
import { isStorable } from './user-lookup.ts';

/** Whether somebody is here, and when they last were. */
export interface Activity {
  readonly userId: string;
  readonly username: string;
  readonly online: boolean;
  /** Null for who was never here. */
  readonly lastSeenAt: string | null;
}

export interface FindActivity {
  /** Those of them whom there is; without it everybody but guests. */
  readonly usernames?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset?: number | undefined;
}

const ACTIVITY = `
  select u.id as "userId", u.username, ${isoSql('u.last_seen_at')} as "lastSeenAt",
    exists (select 1 from live_user l where l.user_id = u.id) as online
  from "user" u
  where u.deleted_at is null and case when $1::text[] is null
    then u.password_hash is not null or u.other_way_in or u.bot
    else lower(u.username) in (select lower(name) from unnest($1::text[]) n(name)) end
  order by lower(u.username) using ~<~ limit $2::int offset $3::int`;

/** By name. Anybody may ask: it is shown to everybody who has a conversation with them anyway. */
export function findActivity(
  chat: Pick<Chat, 'database'>,
  { usernames, limit, offset = 0 }: FindActivity,
): Promise<Activity[]> {
  return query<Activity>(chat.database.em.fork(), ACTIVITY, [
    usernames?.filter(isStorable) ?? null,
    limit,
    offset,
  ]);
}
