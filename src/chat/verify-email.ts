import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { badCode, takeEmailCode } from './email-codes.ts';
import { isTheirs, takeEmailToken } from './email-tokens.ts';
import { announceRequests, proveAddress } from './prove-address.ts';

type Needs = Pick<Chat, 'database' | 'bus' | 'announcer'>;

/** Whoever holds the token reads that mailbox; they need not be signed in, the mail may open on another device. */
export async function verifyEmail(chat: Needs, token: string): Promise<void> {
  const requests = await chat.database.em.fork().transactional(async (em) => {
    const { user, email } = await takeEmailToken(em, 'verify', token);
    return proveAddress(em, user, email);
  });
  announceRequests(chat, requests);
}

/** The code of the same mail, for whoever is signed in: it is too short to say by itself whose it is. */
export async function verifyEmailByCode(
  chat: Needs & Pick<Chat, 'keys'>,
  userId: string,
  code: string,
): Promise<void> {
  const proven = await takeEmailCode(chat, 'verify', { userId }, code);
  const requests = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    if (!isTheirs(user, 'verify', proven.email)) throw badCode();
    return proveAddress(em, user, proven.email);
  });
  announceRequests(chat, requests);
}
