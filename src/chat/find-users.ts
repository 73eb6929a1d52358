import { query } from '../entities/database.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import type { UserView } from './events.ts';
import { userView } from './views.ts';

/** The folded username of the last one on a page. */
export interface UserPosition {
  readonly username: string;
}

export interface FindUsers {
  readonly query: string;
  readonly limit: number;
  readonly after: UserPosition | undefined;
}

// `~>~` compares byte by byte, as the index does; `>` would follow the database's locale and miss it.
const MATCHING = `
  select id, lower(username) as folded from "user"
  where (lower(username) like lower($1) or lower(display_name) like lower($1))
    and ($2::text is null or lower(username) ~>~ $2)
    and deleted_at is null
  order by lower(username) using ~<~ limit $3`;

/** People whose username or display name begins like this. Never by email: that would be a way to test addresses. */
export async function findUsers(
  chat: Pick<Chat, 'database'>,
  { query: text, limit, after }: FindUsers,
): Promise<{ items: UserView[]; next: UserPosition | null }> {
  const em = chat.database.em.fork();
  const prefix = `${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await query<{ id: string; folded: string }>(em, MATCHING, [
    prefix,
    after?.username ?? null,
    limit + 1,
  ]);
  const page = rows.slice(0, limit);
  const users = await em.find(User, { id: page.map((row) => row.id) });
  const byId = new Map(users.map((user) => [user.id, user]));
  const items = page.flatMap(({ id }) => {
    const user = byId.get(id);
    return user ? [userView(user)] : [];
  });
  const last = page.at(-1);
  return { items, next: rows.length > limit && last ? { username: last.folded } : null };
}
