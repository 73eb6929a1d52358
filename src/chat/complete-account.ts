import type { User } from '../entities/user.ts';
import { isNameOfDeleted } from '../entities/user.ts';
import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import type { CompleteAccount } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import { offerVerification } from './post-verification.ts';
import { asTaken, findByUsername, getUserOrFail, usernameTaken } from './user-lookup.ts';
import type { OwnUserView } from './views.ts';

type Needs = Pick<
  Chat,
  'database' | 'passwords' | 'admins' | 'keys' | 'outbox' | 'publicUrl' | 'limits' | 'userAnnouncer'
>;

/** A guest gets what one signs in with, and stays who they are: same id, same session, all that they have said. */
export async function completeAccount(
  chat: Needs,
  userId: string,
  input: CompleteAccount,
): Promise<OwnUserView> {
  const em = chat.database.em.fork();
  const guest = await getUserOrFail(em, userId);
  requireGuest(guest);
  const { username = guest.username, displayName = guest.displayName, email = null, password } = input;
  // Asked first, because hashing is dear; the unique index has the last word.
  const named = await findByUsername(em, username);
  if (isNameOfDeleted(username) || (named && named.id !== userId)) throw usernameTaken();
  requireNotTheName(password, { username, email });
  const passwordHash = await chat.passwords.hash(password);
  const user = await chat.database.em
    .fork()
    .transactional(async (em) => {
      const user = await lockUser(em, userId);
      requireGuest(user);
      Object.assign(user, { username, displayName, passwordHash });
      if (email !== null) user.claimEmail(email, new Date());
      return user;
    })
    .catch((error) => {
      throw asTaken(error);
    });
  if (email !== null) offerVerification(chat, userId);
  await chat.userAnnouncer.announce(userId);
  return meView(chat, user);
}

function requireGuest(user: User): void {
  if (!user.guest) throw new ChatError('conflict', 'this account is complete already');
}
