import type { Chat } from '../chat.ts';
import { announceErased, eraseAccount } from '../delete-me.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';

/** Like `deleteMe`, but nobody asks them: a group that they alone own passes to another of its people. */
export async function deleteUser(
  chat: Parameters<typeof announceErased>[0] & Pick<Chat, 'database' | 'admins'>,
  admin: AdminCaller,
  on: OnUser,
): Promise<void> {
  const erased = await actOnUser(chat, admin, { ...on, action: 'delete' }, ({ em, user }) =>
    eraseAccount(em, user, { handOver: true }),
  );
  await announceErased(chat, erased);
}
