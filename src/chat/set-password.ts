import { databaseNow } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { Caller } from './authenticate.ts';
import { keepNewPassword } from './change-password.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { FRESH_SESSION_SECONDS } from './limits.ts';
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

export async function requireFreshSession(
  chat: Pick<Chat, 'database'>,
  { sessionId }: Caller,
): Promise<void> {
  const em = chat.database.em.fork();
  const { createdAt } = await em.findOneOrFail(Session, sessionId);
  const now = await databaseNow(em);
  if (now.getTime() - createdAt.getTime() >= FRESH_SESSION_SECONDS * 1_000)
    throw new ChatError('wrong_credentials', 'sign in again first: this session is too old for that');
}
