import { query } from '../../entities/database.ts';
import { User } from '../../entities/user.ts';
import type { Chat } from '../chat.ts';
import type { UserState } from '../inputs/admin.ts';
import { getUserOrFail } from '../user-lookup.ts';
import { type AdminUserView, adminUserView } from './admin-user-view.ts';

export interface AnyUserPosition {
  readonly number: number;
}

export interface FindAnyUsers {
  readonly query?: string | undefined;
  readonly state?: UserState | undefined;
  readonly limit: number;
  readonly after?: AnyUserPosition | undefined;
}

const IN_STATE: Record<UserState, string> = {
  active: 'suspended_at is null and deleted_at is null',
  suspended: 'suspended_at is not null',
  deleted: 'deleted_at is not null',
  admin: 'admin or admin_name = any($5)',
};

function matching(state: UserState | undefined): string {
  return `
    select id from "user"
    where ($1::text is null or lower(username) like lower($1) or lower(display_name) like lower($1)
        or lower(email) = lower($2))
      and ($3::int is null or number < $3) and ($5::text[] is not null)
      and (${state === undefined ? 'true' : IN_STATE[state]})
    order by number desc limit $4`;
}

/** Anybody who is or was here, the newest first: by how their names begin, or by their whole email address. */
export async function findAnyUsers(
  chat: Pick<Chat, 'database' | 'admins'>,
  { query: text, state, limit, after }: FindAnyUsers,
): Promise<{ items: AdminUserView[]; next: AnyUserPosition | null }> {
  const em = chat.database.em.fork();
  const prefix = text === undefined ? null : `${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await query<{ id: string }>(em, matching(state), [
    prefix,
    text ?? null,
    after?.number ?? null,
    limit + 1,
    [...chat.admins],
  ]);
  const users = await em.find(
    User,
    { id: rows.slice(0, limit).map((row) => row.id) },
    { orderBy: { number: 'desc' } },
  );
  const last = users.at(-1);
  return {
    items: users.map((user) => adminUserView(chat, user)),
    next: rows.length > limit && last ? { number: last.number } : null,
  };
}

export async function getAnyUser(
  chat: Pick<Chat, 'database' | 'admins'>,
  userId: string,
): Promise<AdminUserView> {
  return adminUserView(chat, await getUserOrFail(chat.database.em.fork(), userId));
}
