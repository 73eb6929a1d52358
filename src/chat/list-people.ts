import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';

export interface ListedPerson {
  readonly id: string;
  readonly username: string;
  readonly avatarKey: string | null;
}

export interface ListPeople {
  /** What their usernames contain, in any case; without it everybody. */
  readonly containing?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

interface Row {
  readonly count: number;
  readonly items: readonly ListedPerson[];
}

const MATCHING = `
  with matching as materialized (
    select id, username, avatar_key from "user"
    where deleted_at is null and ($1::text is null or lower(username) like lower($1))
  ), page as (
    select * from matching order by lower(username), id offset $2::int limit $3::int
  )
  select (select count(*)::int from matching) as count, coalesce(
    (select json_agg(json_build_object('id', id, 'username', username, 'avatarKey', avatar_key)
      order by lower(username), id) from page), '[]') as items`;

/** For wires that count pages of everybody; looks at all names, so it is limited like any search. */
export async function listPeople(
  chat: Pick<Chat, 'database'>,
  { containing, offset, limit }: ListPeople,
): Promise<Row> {
  const pattern = containing ? `%${containing.replace(/[\\%_]/g, '\\$&')}%` : null;
  const [row] = await query<Row>(chat.database.em, MATCHING, [pattern, offset, limit]);
  return row!;
}
