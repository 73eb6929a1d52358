import type { Chat } from './chat.ts';
import { putPassword } from './credentials.ts';
import { badToken, checkEmailToken, takeEmailToken } from './email-tokens.ts';
import type { ResetPassword } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import { noticePasswordChange } from './notices.ts';
import { announceRequests, proveAddress } from './prove-address.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<
  Chat,
  'database' | 'outbox' | 'passwords' | 'sessions' | 'securityLog' | 'bus' | 'announcer'
>;

/** All sessions end: one of them may be why somebody wants a new password. Reading the mail verifies the address. */
export async function resetPassword(chat: Needs, { token, password }: ResetPassword): Promise<void> {
  const em = chat.database.em.fork();
  const { userId } = await checkEmailToken(em, 'reset', token);
  requireNotTheName(password, await getUserOrFail(em, userId));
  await resetPasswordOf(chat, userId, { token, password });
}

/** What a password must be like is up to the wire that it came by: whoever calls this has asked already. */
export async function resetPasswordOf(
  chat: Needs,
  expectedId: string,
  { token, password }: ResetPassword,
): Promise<void> {
  const em = chat.database.em.fork();
  // Asked first, because hashing is dear; taking it has the last word.
  const { userId } = await checkEmailToken(em, 'reset', token);
  if (userId !== expectedId) throw badToken();
  const passwordHash = await chat.passwords.hash(password);
  const { user, ended, requests } = await em.transactional(async (em) => {
    const { user, email } = await takeEmailToken(em, 'reset', token);
    // Somebody else could still come in by it, who had signed up with an address that is not theirs.
    if (!user.verified && user.otherWayIn) throw badToken();
    const ended = await putPassword(em, user, passwordHash);
    return { user, ended, requests: await proveAddress(em, user, email) };
  });
  chat.sessions.announceEnded(ended);
  noticePasswordChange(chat, user);
  announceRequests(chat, requests);
}
