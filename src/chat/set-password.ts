import type { Caller } from './authenticate.ts';
import { keepNewPassword } from './change-password.ts';
import { requireFreshSession } from './fresh-session.ts';
import { getUserOrFail } from './user-lookup.ts';

/** For wires that do not ask for the old password: having said it a moment ago, at sign-in, stands for it. */
export async function setPassword(
  chat: Parameters<typeof keepNewPassword>[0],
  caller: Caller,
  newPassword: string,
): Promise<void> {
  await requireFreshSession(chat, caller);
  const { passwordHash } = await getUserOrFail(chat.database.em.fork(), caller.userId);
  await keepNewPassword(chat, caller, passwordHash, newPassword);
}
