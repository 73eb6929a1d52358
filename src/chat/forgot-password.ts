import type { EntityManager } from '../entities/database.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { issueEmailToken } from './email-tokens.ts';
import { resetMail } from './mails.ts';
import { findClaimants, findOwner, getUserOrFail } from './user-lookup.ts';

/** Even looking for the account is left for later: known and unknown addresses are answered by the same steps. */
export function forgotPassword(
  chat: Pick<Chat, 'database' | 'keys' | 'outbox' | 'publicUrl'>,
  email: string,
): void {
  chat.outbox.post(async () => {
    const em = chat.database.em.fork();
    const user = (await findOwner(em, email)) ?? (await onlyClaimant(em, email));
    // To the address that they gave, not to the one just typed: the same to the index may not be the same mailbox.
    if (user?.email == null) return undefined;
    const { id: userId, username, email: to } = user;
    const { token } = await issueEmailToken(chat, em, 'reset', { userId, email: to });
    return resetMail({ userId, to, username, link: `${chat.publicUrl()}/password/reset?token=${token}` });
  });
}

/**
 * Whoever reads the mailbox may take the account over by it, as long as there is no doubt which one it is, and nobody
 * else has a way into it that would outlast the new password.
 */
async function onlyClaimant(em: EntityManager, email: string): Promise<User | undefined> {
  const [claimant, another] = await findClaimants(em, email, 2);
  return another === undefined && claimant?.otherWayIn === false ? claimant : undefined;
}

/** For wires that know people by their names, and whose clients ask for the token itself. */
export function postResetToken(
  chat: Pick<Chat, 'database' | 'keys' | 'outbox' | 'publicUrl' | 'limits'>,
  userId: string,
  newToken: () => string,
): void {
  chat.outbox.post(async () => {
    const em = chat.database.em.fork();
    const user = await getUserOrFail(em, userId);
    const to = await reachedAt(chat, em, user);
    if (to === undefined) return undefined;
    const { username } = user;
    const { token } = await issueEmailToken(chat, em, 'reset', { userId, email: to }, newToken);
    const link = `${chat.publicUrl()}/password/reset?token=${token}`;
    return resetMail({ userId, to, username, link, token });
  });
}

/**
 * Where to write to somebody who is known by name and wants a new password. An address that somebody else has proven
 * opens no account of those who only say that it is theirs.
 */
export async function reachedAt(
  chat: Pick<Chat, 'limits'>,
  em: EntityManager,
  { email, verified, otherWayIn }: User,
): Promise<string | undefined> {
  if (email == null || verified) return email ?? undefined;
  if (otherWayIn || (await findOwner(em, email))) return undefined;
  return chat.limits.allows('claim', { mailbox: email }) ? email : undefined;
}
