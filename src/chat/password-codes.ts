import { databaseNow, type EntityManager } from '../entities/database.ts';
import { EmailToken } from '../entities/email-token.ts';
import type { Chat } from './chat.ts';
import { lockUser, putPassword } from './credentials.ts';
import { badCode, takeEmailCode } from './email-codes.ts';
import { issueEmailToken, isTheirs } from './email-tokens.ts';
import { ChatError } from './errors.ts';
import { reachedAt } from './forgot-password.ts';
import { PASSWORD_CODE_PAUSE_SECONDS } from './limits.ts';
import { passwordCodeMail } from './mails.ts';
import { noticePasswordChange } from './notices.ts';
import { findPerson, requireNotDeleted } from './people.ts';
import { announceRequests, proveAddress } from './prove-address.ts';

/**
 * A mail with a code for a new password. That there is such an account is no secret, for usernames are found by
 * everybody; what belongs to it is one. So all are answered by the same steps, whether there is somebody to write to
 * or not.
 */
export async function requestPasswordCode(
  chat: Pick<Chat, 'database' | 'keys' | 'outbox' | 'limits'>,
  username: string,
): Promise<void> {
  const found = await findPerson(chat.database.em.fork(), { username });
  requireNotDeleted(found);
  const { user, code } = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, found.id);
    await requirePause(em, user.id);
    return {
      user,
      ...(await issueEmailToken(chat, em, 'password', { userId: user.id, email: user.email ?? '' })),
    };
  });
  chat.outbox.post(async () => {
    const to = await reachedAt(chat, chat.database.em.fork(), user);
    return to === undefined
      ? undefined
      : passwordCodeMail({ userId: user.id, to, username: user.username, code });
  });
}

async function requirePause(em: EntityManager, userId: string): Promise<void> {
  const last = await em.findOne(EmailToken, { userId, purpose: 'password' });
  if (last === null) return;
  const since = ((await databaseNow(em)).getTime() - last.createdAt.getTime()) / 1_000;
  const wait = Math.ceil(PASSWORD_CODE_PAUSE_SECONDS - since);
  if (wait > 0) throw new ChatError('rate_limited', 'a code was sent just now', undefined, wait);
}

export interface ChangePasswordByCode {
  readonly userId: string;
  readonly code: string;
  /** What it must be like is up to the wire that it came by. */
  readonly password: string;
}

/** All sessions end: one of them may be why somebody wants a new password. Reading the mail verifies the address. */
export async function changePasswordByCode(
  chat: Pick<
    Chat,
    'database' | 'keys' | 'outbox' | 'passwords' | 'sessions' | 'securityLog' | 'bus' | 'announcer'
  >,
  { userId, code, password }: ChangePasswordByCode,
): Promise<void> {
  // Hashed first: should there be no room for it, the code is still good.
  const passwordHash = await chat.passwords.hash(password);
  const proven = await takeEmailCode(chat, 'password', { userId }, code);
  const { user, ended, requests } = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    if (!isTheirs(user, 'password', proven.email) || (!user.verified && user.otherWayIn)) throw badCode();
    const ended = await putPassword(em, user, passwordHash);
    return { user, ended, requests: await proveAddress(em, user, proven.email) };
  });
  chat.sessions.announceEnded(ended);
  noticePasswordChange(chat, user);
  announceRequests(chat, requests);
}
