import { randomBytes } from 'node:crypto';
import { takeAdminName } from './admins.ts';
import type { Chat } from './chat.ts';
import { createUser, type NewUser } from './create-user.ts';
import type { CreateGuest, SignUp } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import { openSession, type SignedIn, type Visitor } from './open-session.ts';
import { offerVerification } from './post-verification.ts';
import { asTaken, emailTaken, findByEmail, findByUsername, usernameTaken } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'admins'>;
type SignUpNeeds = Needs & Pick<Chat, 'passwords' | 'keys' | 'outbox' | 'publicUrl'>;

export async function signUp(chat: SignUpNeeds, input: SignUp & Visitor): Promise<SignedIn> {
  const { username, email = null, displayName } = input;
  const em = chat.database.em.fork();
  // Asked first, because hashing is dear; the unique indexes have the last word.
  if (await findByUsername(em, username)) throw usernameTaken();
  if (email !== null && (await findByEmail(em, email))) throw emailTaken();
  requireNotTheName(input.password, { username, email });
  const passwordHash = await chat.passwords.hash(input.password);
  const signedIn = await addUser(chat, { username, email, displayName, passwordHash }, input);
  if (email !== null) offerVerification(chat, { userId: signedIn.user.id, email });
  return signedIn;
}

/** Somebody without a password: signed in on this device for as long as its session lives. */
export function createGuest(chat: Needs, input: CreateGuest & Visitor): Promise<SignedIn> {
  const { username = guestName(), displayName } = input;
  const guest = { username, email: null, displayName, passwordHash: null };
  return addUser(chat, guest, input);
}

async function addUser(chat: Needs, input: NewUser, visitor: Visitor): Promise<SignedIn> {
  try {
    return await chat.database.em.fork().transactional(async (em) => {
      const user = await createUser(em, input);
      await takeAdminName(chat, em, user);
      return (await openSession(chat, em, user, visitor)).signedIn;
    });
  } catch (error) {
    throw asTaken(error);
  }
}

function guestName(): string {
  return `guest-${randomBytes(6).toString('hex')}`;
}
