import type { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { SignIn } from './inputs/accounts.ts';
import { openSession, type SignedIn } from './open-session.ts';
import { findByEmail, findByUsername } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'passwords' | 'admins'>;

export interface NewSession {
  readonly user: User;
  readonly session: Session;
  readonly signedIn: SignedIn;
}

export async function signIn(chat: Needs, input: SignIn): Promise<SignedIn> {
  return (await signInWithPassword(chat, input)).signedIn;
}

export interface SignInOptions {
  /** May turn a person away whose password was right, by throwing. */
  readonly admit?: (user: User) => void;
  /** A shorter life for the session than usual. */
  readonly endsAt?: Date;
}

/** Unknown and wrong are answered alike, after the same time. */
export async function signInWithPassword(
  chat: Needs,
  input: SignIn,
  { admit, endsAt }: SignInOptions = {},
): Promise<NewSession> {
  const em = chat.database.em.fork();
  const find = input.username.includes('@') ? findByEmail : findByUsername;
  const user = await find(em, input.username.normalize());
  const storedHash = user?.passwordHash;
  if (!(await chat.passwords.verify(storedHash, input.password)) || !user) {
    throw new ChatError('wrong_credentials', 'no account has this name and password');
  }
  admit?.(user);
  if (storedHash != null && chat.passwords.isOutdated(storedHash)) {
    user.passwordHash = await chat.passwords.hash(input.password);
  }
  const opened = await openSession(chat, em, user, input.device);
  opened.session.expiresAt = endsAt ?? opened.session.expiresAt;
  await em.flush();
  return { user, ...opened };
}
