import { type EntityManager, query } from '../entities/database.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { findByUsername, getUserOrFail } from './user-lookup.ts';
import { type OwnUserView, ownUserView } from './views.ts';

/** Marked in the database, or once named by the configuration and named there still. */
export function isAdmin(chat: Pick<Chat, 'admins'>, user: User): boolean {
  return user.admin || (user.adminName != null && chat.admins.has(user.adminName));
}

export async function requireAdmin(chat: Pick<Chat, 'database' | 'admins'>, userId: string): Promise<void> {
  if (!isAdmin(chat, await getUserOrFail(chat.database.em.fork(), userId))) throw forAdminsOnly();
}

export function forAdminsOnly(): ChatError {
  return new ChatError('forbidden', 'for admins only');
}

export function meView(chat: Pick<Chat, 'admins'>, user: User): OwnUserView {
  return { ...ownUserView(user), admin: isAdmin(chat, user) };
}

/**
 * A name in ADMINS makes one account an admin, once: the first that has it. From then on it is the account that
 * counts. Whoever takes the name after it was given up, by renaming or deletion, gets nothing by it. Guests are
 * passed over: nobody can sign in as one again.
 */
export async function takeAdminName(
  chat: Pick<Chat, 'admins'>,
  em: EntityManager,
  user: User,
): Promise<void> {
  const name = user.username.toLowerCase();
  if (user.guest || !chat.admins.has(name)) return;
  const spent = await query(
    em,
    `insert into spent_admin_name (name, spent_at) values ($1, clock_timestamp())
     on conflict do nothing returning name`,
    [name],
  );
  if (spent.length > 0) user.adminName = name;
}

/** For accounts that are older than their mention in ADMINS. */
export async function nameAdmins(chat: Pick<Chat, 'database' | 'admins'>): Promise<void> {
  await chat.database.em.fork().transactional(async (em) => {
    // In one order, so that nodes which start together do not wait in a circle.
    for (const name of [...chat.admins].sort()) {
      const user = await findByUsername(em, name);
      if (user) await takeAdminName(chat, em, user);
    }
  });
}

/** Names in ADMINS that have made nobody an admin so far. */
export async function unspentAdminNames(chat: Pick<Chat, 'database' | 'admins'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    chat.database.em.fork(),
    'select name from spent_admin_name',
    [],
  );
  const spent = new Set(rows.map((row) => row.name));
  return [...chat.admins].filter((name) => !spent.has(name));
}
