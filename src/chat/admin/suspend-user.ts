import type { Chat } from '../chat.ts';
import { revokeSessions } from '../credentials.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';
import { type AdminUserView, adminUserView } from './admin-user-view.ts';

type Needs = Pick<Chat, 'database' | 'admins' | 'sessions'>;

/** They are out at once, everywhere, and do not come in again; what they said stays. */
export async function suspendUser(chat: Needs, admin: AdminCaller, on: OnUser): Promise<AdminUserView> {
  const { view, ended } = await actOnUser(
    chat,
    admin,
    { ...on, action: 'suspend' },
    async ({ em, user, now }) => {
      user.suspendedAt ??= now;
      return { view: adminUserView(chat, user), ended: await revokeSessions(em, user.id) };
    },
  );
  chat.sessions.announceEnded(ended);
  return view;
}

/** They may sign in again. Their sessions are over for good, and with them a guest's account. */
export function unsuspendUser(chat: Needs, admin: AdminCaller, on: OnUser): Promise<AdminUserView> {
  return actOnUser(chat, admin, { ...on, action: 'unsuspend' }, async ({ user }) => {
    user.suspendedAt = null;
    return adminUserView(chat, user);
  });
}
