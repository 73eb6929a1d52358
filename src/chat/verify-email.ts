import type { EntityManager } from '../entities/database.ts';
import type { Friendship } from '../entities/friendship.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { badCode, takeEmailCode } from './email-codes.ts';
import { badToken, findEmailToken, isTheirs, type Taken, takeEmailToken } from './email-tokens.ts';
import type { NoticeReader } from './notice-mails.ts';
import { notice, readerOf } from './notices.ts';
import { announceRequests, proveAddress } from './prove-address.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'bus' | 'announcer' | 'outbox' | 'securityLog'>;

/** Whoever holds the token reads that mailbox; they need not be signed in, the mail may open on another device. */
export async function verifyEmail(chat: Needs, token: string): Promise<void> {
  const verified = await chat.database.em
    .fork()
    .transactional(async (em) => verify(em, await takeEmailToken(em, 'verify', token)));
  announce(chat, verified);
}

/**
 * For wires that say whose the token is: it must be this person's. What they have proven already they may prove again,
 * with the same token, for such links are opened twice.
 */
export async function verifyEmailOf(chat: Needs, userId: string, token: string): Promise<void> {
  const em = chat.database.em.fork();
  const found = await findEmailToken(em, 'verify', token);
  if (found?.userId !== userId) throw badToken();
  const { verified, email } = await getUserOrFail(em, userId);
  if (verified && email === found.email) return;
  await verifyEmail(chat, token);
}

/** The code of the same mail, for whoever is signed in: it is too short to say by itself whose it is. */
export async function verifyEmailByCode(
  chat: Needs & Pick<Chat, 'keys'>,
  userId: string,
  code: string,
): Promise<void> {
  const { email } = await takeEmailCode(chat, 'verify', { userId }, code);
  const verified = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    if (!isTheirs(user, 'verify', email)) throw badCode();
    return verify(em, { user, email });
  });
  announce(chat, verified);
}

interface Verified {
  readonly userId: string;
  readonly requests: readonly Friendship[];
  /** It is another one than before, or the first. */
  readonly changed: boolean;
  /** At an address that is theirs no longer. */
  readonly reader: NoticeReader | undefined;
}

async function verify(em: EntityManager, { user, email }: Taken): Promise<Verified> {
  const before = readerOf(user);
  const requests = await proveAddress(em, user, email);
  const changed = before?.to !== email;
  return { userId: user.id, requests, changed, reader: changed ? before : undefined };
}

function announce(chat: Needs, { userId, requests, changed, reader }: Verified): void {
  announceRequests(chat, requests);
  if (changed) notice(chat, 'email-changed', { userId, reader });
}
