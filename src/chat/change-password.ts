import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { checkPassword, lockUserWith, putPassword } from './credentials.ts';
import type { ChangePassword } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import { noticePasswordChange } from './notices.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'outbox' | 'passwords' | 'sessions' | 'securityLog'>;

/** All other sessions end, and a reset or a passcode that somebody asked for before does not undo it. */
export async function changePassword(
  chat: Needs,
  caller: Caller,
  { password, newPassword }: ChangePassword,
): Promise<void> {
  const checkedHash = await checkPassword(chat, caller, password);
  const user = await getUserOrFail(chat.database.em.fork(), caller.userId);
  requireNotTheName(newPassword, user, 'newPassword');
  await keepNewPassword(chat, caller, checkedHash, newPassword);
}

/** What it must be like, and who may set it, has been asked already. */
export async function keepNewPassword(
  chat: Needs,
  { userId, sessionId }: Caller,
  checkedHash: string | null | undefined,
  newPassword: string,
): Promise<void> {
  const passwordHash = await chat.passwords.hash(newPassword);
  const { user, ended } = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUserWith(em, userId, checkedHash);
    return { user, ended: await putPassword(em, user, passwordHash, { except: sessionId }) };
  });
  chat.sessions.announceEnded(ended);
  noticePasswordChange(chat, user);
}
