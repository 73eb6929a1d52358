import { Challenge } from '../entities/challenge.ts';
import { type EntityManager, query } from '../entities/database.ts';
import { EmailToken } from '../entities/email-token.ts';
import { User } from '../entities/user.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { getUserOrFail } from './user-lookup.ts';

/**
 * Until the transaction ends nobody else changes how this person proves who they are. Not `for update`: rows
 * that refer to a user could then not be written meanwhile, and two transactions could wait for each other.
 */
export async function lockUser(em: EntityManager, userId: string): Promise<User> {
  await query(em, 'select 1 from "user" where id = $1 for no key update', [userId]);
  const user = await em.findOne(User, userId, { refresh: true });
  if (!user) throw new ChatError('not_found', 'no such user');
  return user;
}

/**
 * Checking a password takes longer than a transaction should last, so it comes before. What was checked must
 * still stand then: whoever changed the password meanwhile meant to shut the holder of the old one out.
 */
export async function lockUserWith(
  em: EntityManager,
  userId: string,
  checkedHash: string | null | undefined,
): Promise<User> {
  const user = await lockUser(em, userId);
  if (user.deleted || (user.passwordHash ?? null) !== (checkedHash ?? null)) throw wrongPassword();
  return user;
}

/** Answers the hash that was checked. */
export async function checkPassword(
  chat: Pick<Chat, 'database' | 'passwords' | 'securityLog'>,
  { userId, sessionId }: Caller,
  password: string,
): Promise<string | null | undefined> {
  const { passwordHash } = await getUserOrFail(chat.database.em.fork(), userId);
  if (await chat.passwords.verify(passwordHash, password)) return passwordHash;
  chat.securityLog.proofRefused({ way: 'password', userId, sessionId }, 'wrong_credentials');
  throw wrongPassword();
}

/** Whoever is halfway in has to begin again, too. Answers what has to be announced after the commit. */
export async function revokeSessions(
  em: EntityManager,
  userId: string,
  { except = null }: { readonly except?: string | null } = {},
): Promise<string[]> {
  await em.nativeDelete(Challenge, { userId });
  const rows = await query<{ id: string }>(
    em,
    `update session set revoked_at = clock_timestamp()
     where user_id = $1 and revoked_at is null and id is distinct from $2 returning id`,
    [userId, except],
  );
  return rows.map((row) => row.id);
}

/**
 * In a transaction of the caller's, with the user locked. All their sessions end but one, and no mail that somebody
 * asked for before undoes it. Answers what has to be announced after the commit.
 */
export async function putPassword(
  em: EntityManager,
  user: User,
  passwordHash: string,
  spared: { readonly except?: string } = {},
): Promise<string[]> {
  user.passwordHash = passwordHash;
  await em.nativeDelete(EmailToken, { userId: user.id, purpose: ['reset', 'passcode', 'password'] });
  return revokeSessions(em, user.id, spared);
}

function wrongPassword(): ChatError {
  return new ChatError('wrong_credentials', 'this is not your password');
}
