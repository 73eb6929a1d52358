import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { badCode, takeEmailCode } from './email-codes.ts';
import { takeEmailToken } from './email-tokens.ts';

/** Whoever holds the token reads that mailbox; they need not be signed in, the mail may open on another device. */
export async function verifyEmail(chat: Pick<Chat, 'database'>, token: string): Promise<void> {
  await chat.database.em.fork().transactional(async (em) => {
    const user = await takeEmailToken(em, 'verify', token);
    user.verified = true;
  });
}

/** The code of the same mail, for whoever is signed in: it is too short to say by itself whose it is. */
export async function verifyEmailByCode(
  chat: Pick<Chat, 'database' | 'keys'>,
  userId: string,
  code: string,
): Promise<void> {
  const proven = await takeEmailCode(chat, 'verify', { userId }, code);
  await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    if (user.email !== proven.email) throw badCode();
    user.verified = true;
  });
}
