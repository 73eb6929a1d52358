import type { EntityManager } from '../entities/database.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUserWith } from './credentials.ts';
import { ChatError } from './errors.ts';
import type { SignIn } from './inputs/accounts.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { type NewSession, signInAs, tryToSignIn } from './sign-in-as.ts';
import { findByUsername, findClaimants, findOwner } from './user-lookup.ts';

type Needs = Pick<
  Chat,
  'database' | 'outbox' | 'tokens' | 'passwords' | 'admins' | 'signInDelays' | 'securityLog'
>;

export async function signIn(chat: Needs, input: SignIn & Visitor): Promise<SignedIn> {
  return (await signInWithPassword(chat, input)).signedIn;
}

export interface SignInOptions {
  /** May turn a person away whose password was right, by throwing. */
  readonly admit?: (user: User) => void;
  /** A shorter life for the session than usual. */
  readonly endsAt?: Date;
  /** Where usernames may look like addresses: whoever is called so comes before whoever is reached there. */
  readonly nameFirst?: boolean;
}

/** Unknown and wrong are answered alike, after the same time. */
export function signInWithPassword(
  chat: Needs,
  input: SignIn & Visitor,
  options: SignInOptions = {},
): Promise<NewSession> {
  const { address } = input;
  return tryToSignIn(chat, { way: 'password', address }, (about) => prove(chat, input, options, about));
}

async function prove(
  chat: Needs,
  input: SignIn & Visitor,
  { admit, endsAt, nameFirst = false }: SignInOptions,
  about: (userId: string | undefined) => void,
): Promise<NewSession | ChatError> {
  const em = chat.database.em.fork();
  const accounts = await accountsCalled(em, input.username.normalize(), nameFirst);
  about(accounts.find((account) => account !== null)?.id);
  const { username: name, address, deviceToken } = input;
  const attempt = await chat.signInDelays.begin(chat, { name, found: accounts[0], address, deviceToken });
  const right = await Promise.all(
    accounts.map((account) => chat.passwords.verify(account?.passwordHash, input.password)),
  );
  const found = accounts.find((_, index) => right[index]);
  if (!found) {
    throw new ChatError('wrong_credentials', 'no account has this name and password');
  }
  about(found.id);
  const storedHash = found.passwordHash;
  await attempt.forgive();
  admit?.(found);
  const outdated = storedHash != null && chat.passwords.isOutdated(storedHash);
  const newHash = outdated ? await chat.passwords.hash(input.password) : storedHash;
  return em.transactional(async (em) => {
    const user = await lockUserWith(em, found.id, storedHash);
    user.passwordHash = newHash;
    const opened = await signInAs(chat, em, user, input);
    if (!(opened instanceof ChatError)) opened.session.expiresAt = endsAt ?? opened.session.expiresAt;
    return opened;
  });
}

/**
 * Whose password is looked at: for an address always two, its owner's and that of whoever claimed it last. So who
 * signed up with an address can sign in with it whether it is somebody's or not, and learns nothing by trying. The
 * first is the one whose devices and places are known: only an owner has those, for the same reason.
 *
 * Some wires let people be called what could be an address. They are found on every wire; that there is such a name
 * is no secret.
 */
async function accountsCalled(
  em: EntityManager,
  name: string,
  nameFirst: boolean,
): Promise<readonly [User | null, ...(User | null)[]]> {
  const named = await findByUsername(em, name);
  if (!name.includes('@')) return [named];
  const [claimant = null] = await findClaimants(em, name, 1);
  const owner = await findOwner(em, name);
  if (named === null) return [owner, claimant];
  return nameFirst ? [named, owner, claimant] : [owner, claimant, named];
}
