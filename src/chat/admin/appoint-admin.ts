import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';
import { type AdminUserView, adminUserView } from './admin-user-view.ts';

type Needs = Pick<Chat, 'database' | 'admins'>;

export function makeAdmin(chat: Needs, admin: AdminCaller, on: OnUser): Promise<AdminUserView> {
  return actOnUser(chat, admin, { ...on, action: 'make_admin' }, async ({ user }) => {
    if (user.guest) throw new ChatError('conflict', 'a guest cannot sign in again, and so be no admin');
    user.admin = true;
    return adminUserView(chat, user);
  });
}

/** Also of whom ADMINS names: the name has been used up and makes nobody an admin again. */
export function unmakeAdmin(chat: Needs, admin: AdminCaller, on: OnUser): Promise<AdminUserView> {
  return actOnUser(chat, admin, { ...on, action: 'unmake_admin' }, async ({ user }) => {
    user.admin = false;
    user.adminName = null;
    return adminUserView(chat, user);
  });
}
