import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import { MAX_MEMBERS_NAMED } from './limits.ts';

interface Row {
  readonly id: string;
  readonly usernames: readonly string[];
}

const NAME = `
  select w.id, coalesce((
    select array_agg(m.username) from (
      select u.username from membership ms join "user" u on u.id = ms.user_id
      where ms.conversation_id = w.id and ms.left_at is null
      order by ms.joined_at, u.number limit ${MAX_MEMBERS_NAMED}) m), '{}') as usernames
  from unnest($1::uuid[]) w(id)`;

/** Who is in these conversations, in the order in which they joined; of very large groups the first so many. */
export async function nameMembers(
  { database }: Pick<Chat, 'database'>,
  conversationIds: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const rows = await query<Row>(database.em, NAME, [conversationIds]);
  return new Map(rows.map(({ id, usernames }) => [id, usernames]));
}
