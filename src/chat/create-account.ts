import { takeAdminName } from './admins.ts';
import type { Chat } from './chat.ts';
import { createUser, type NewUser, type PersonalDetails } from './create-user.ts';
import { openSession, type Visitor } from './open-session.ts';
import { type MailedProof, offerVerification } from './post-verification.ts';
import type { NewSession } from './sign-in-as.ts';
import { asTaken, findByUsername, usernameTaken } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'tokens' | 'admins' | 'securityLog'>;
export type AccountNeeds = Needs & Pick<Chat, 'passwords' | 'keys' | 'outbox' | 'publicUrl' | 'limits'>;

export interface NewAccount {
  readonly username: string;
  readonly email: string | null;
  readonly displayName?: string | undefined;
  readonly password: string;
  readonly details?: PersonalDetails | undefined;
  /** Of the mail that asks whose the address is. */
  readonly proof?: MailedProof;
}

/**
 * What a password must be like is up to the wire that it came by: whoever calls this has asked already. Whether
 * somebody has the address makes no difference to what is done here: see `offerVerification`.
 */
export async function createAccount(chat: AccountNeeds, input: NewAccount & Visitor): Promise<NewSession> {
  const { username, email, displayName, password, details, proof } = input;
  const em = chat.database.em.fork();
  // Asked first, because hashing is dear; the unique index has the last word.
  if (await findByUsername(em, username)) throw usernameTaken();
  const passwordHash = await chat.passwords.hash(password);
  const account = await addUser(chat, { username, email, displayName, passwordHash, details }, input);
  if (email !== null) offerVerification(chat, account.user.id, proof);
  return account;
}

export async function addUser(chat: Needs, input: NewUser, visitor: Visitor): Promise<NewSession> {
  try {
    const opened = await chat.database.em.fork().transactional(async (em) => {
      const user = await createUser(em, input);
      await takeAdminName(chat, em, user);
      return { user, ...(await openSession(chat, em, user, visitor)) };
    });
    const { user, session } = opened;
    const way = user.guest ? 'guest' : 'password';
    chat.securityLog.signedUp({ way, userId: user.id, sessionId: session.id, address: visitor.address });
    return opened;
  } catch (error) {
    throw asTaken(error);
  }
}
