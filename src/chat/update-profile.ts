import { isNameOfDeleted } from '../entities/user.ts';
import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import type { UpdateProfile } from './inputs/accounts.ts';
import { asTaken, getUserOrFail, usernameTaken } from './user-lookup.ts';
import type { OwnUserView } from './views.ts';

export async function updateProfile(
  chat: Pick<Chat, 'database' | 'admins'>,
  callerId: string,
  change: UpdateProfile,
): Promise<OwnUserView> {
  if (isNameOfDeleted(change.username ?? '')) throw usernameTaken();
  const em = chat.database.em.fork();
  const user = await getUserOrFail(em, callerId);
  Object.assign(user, change);
  try {
    await em.flush();
  } catch (error) {
    throw asTaken(error);
  }
  return meView(chat, user);
}
