import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';
import { type AdminUserView, adminUserView } from './admin-user-view.ts';

/** For whoever has proved by other means that the address is theirs. */
export function verifyUser(
  chat: Pick<Chat, 'database' | 'admins'>,
  admin: AdminCaller,
  on: OnUser,
): Promise<AdminUserView> {
  return actOnUser(chat, admin, { ...on, action: 'verify' }, async ({ user }) => {
    if (user.email == null) throw new ChatError('conflict', 'this account has no email address');
    user.verified = true;
    return adminUserView(chat, user);
  });
}
