import type { Chat } from './chat.ts';
import { takeEmailToken } from './email-tokens.ts';

/** Whoever holds the token reads that mailbox; they need not be signed in, the mail may open on another device. */
export async function verifyEmail(chat: Pick<Chat, 'database'>, token: string): Promise<void> {
  await chat.database.em.fork().transactional(async (em) => {
    const user = await takeEmailToken(em, 'verify', token);
    user.verified = true;
  });
}
