import { isNameOfDeleted } from '../entities/user.ts';
import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import type { UpdateProfile } from './inputs/accounts.ts';
import { noticeTo } from './notices.ts';
import { asTaken, getUserOrFail, usernameTaken } from './user-lookup.ts';
import type { OwnUserView } from './views.ts';

export async function updateProfile(
  chat: Pick<Chat, 'database' | 'admins' | 'outbox' | 'securityLog' | 'userAnnouncer'>,
  callerId: string,
  change: UpdateProfile,
): Promise<OwnUserView> {
  if (isNameOfDeleted(change.username ?? '')) throw usernameTaken();
  const em = chat.database.em.fork();
  const user = await getUserOrFail(em, callerId);
  const { username, displayName } = user;
  Object.assign(user, change);
  try {
    await em.flush();
  } catch (error) {
    throw asTaken(error);
  }
  if (user.username !== username) noticeTo(chat, 'name-changed', callerId);
  if (user.username !== username || user.displayName !== displayName)
    await chat.userAnnouncer.announce(callerId);
  return meView(chat, user);
}
