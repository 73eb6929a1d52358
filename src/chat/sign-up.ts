import { randomBytes, randomUUID } from 'node:crypto';
import { isNameOfDeleted, User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import type { CreateGuest, SignUp } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import { openSession, type SignedIn, type Visitor } from './open-session.ts';
import { offerVerification } from './post-verification.ts';
import { asTaken, emailTaken, findByEmail, findByUsername, usernameTaken } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'admins'>;
type SignUpNeeds = Needs & Pick<Chat, 'passwords' | 'keys' | 'outbox' | 'publicUrl'>;

interface NewUser {
  readonly username: string;
  readonly email: string | null;
  readonly displayName: string | undefined;
  readonly passwordHash: string | null;
}

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
  if (isNameOfDeleted(input.username)) throw usernameTaken();
  try {
    return await chat.database.em.fork().transactional(async (em) => {
      const { username, email, displayName = username, passwordHash } = input;
      const fields = { id: randomUUID(), username, email, displayName, passwordHash, createdAt: new Date() };
      // `partial`, because the types take the getters of the entity for columns.
      const user = em.create(User, fields, { partial: true });
      // The database gives the number, so the user is written before anything is said about them.
      await em.persist(user).flush();
      return (await openSession(chat, em, user, visitor)).signedIn;
    });
  } catch (error) {
    throw asTaken(error);
  }
}

function guestName(): string {
  return `guest-${randomBytes(6).toString('hex')}`;
}
