import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUserWith } from './credentials.ts';
import { ChatError } from './errors.ts';
import type { SignIn } from './inputs/accounts.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { admitted, type NewSession, signInAs } from './sign-in-as.ts';
import { findByEmail, findByUsername } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'outbox' | 'tokens' | 'passwords' | 'admins' | 'signInDelays'>;

export async function signIn(chat: Needs, input: SignIn & Visitor): Promise<SignedIn> {
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
  input: SignIn & Visitor,
  { admit, endsAt }: SignInOptions = {},
): Promise<NewSession> {
  const em = chat.database.em.fork();
  const find = input.username.includes('@') ? findByEmail : findByUsername;
  const found = await find(em, input.username.normalize());
  const { username: name, address, deviceToken } = input;
  const attempt = await chat.signInDelays.begin(chat, { name, found, address, deviceToken });
  const storedHash = found?.passwordHash;
  if (!(await chat.passwords.verify(storedHash, input.password)) || !found) {
    throw new ChatError('wrong_credentials', 'no account has this name and password');
  }
  await attempt.forgive();
  admit?.(found);
  const outdated = storedHash != null && chat.passwords.isOutdated(storedHash);
  const newHash = outdated ? await chat.passwords.hash(input.password) : storedHash;
  const outcome = await em.transactional(async (em) => {
    const user = await lockUserWith(em, found.id, storedHash);
    user.passwordHash = newHash;
    const opened = await signInAs(chat, em, user, input);
    if (!(opened instanceof ChatError)) opened.session.expiresAt = endsAt ?? opened.session.expiresAt;
    return opened;
  });
  return admitted(outcome);
}
