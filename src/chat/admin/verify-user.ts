import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { announceRequests, proveAddress } from '../prove-address.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';
import { type AdminUserView, adminUserView } from './admin-user-view.ts';

/** For whoever has proved by other means that the address is theirs. */
export async function verifyUser(
  chat: Pick<Chat, 'database' | 'admins' | 'bus' | 'announcer'>,
  admin: AdminCaller,
  on: OnUser,
): Promise<AdminUserView> {
  const { view, requests } = await actOnUser(
    chat,
    admin,
    { ...on, action: 'verify' },
    async ({ em, user }) => {
      if (user.email == null) throw new ChatError('conflict', 'this account has no email address');
      const requests = await proveAddress(em, user, user.email);
      return { view: adminUserView(chat, user), requests };
    },
  );
  announceRequests(chat, requests);
  return view;
}
