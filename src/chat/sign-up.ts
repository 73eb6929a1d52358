import { randomBytes } from 'node:crypto';
import type { Chat } from './chat.ts';
import { type AccountNeeds, addUser, createAccount } from './create-account.ts';
import type { CreateGuest, SignUp } from './inputs/accounts.ts';
import { requireNotTheName } from './not-the-name.ts';
import type { SignedIn, Visitor } from './open-session.ts';

export async function signUp(chat: AccountNeeds, input: SignUp & Visitor): Promise<SignedIn> {
  const { username, email = null } = input;
  requireNotTheName(input.password, { username, email });
  return (await createAccount(chat, { ...input, email })).signedIn;
}

/** Somebody without a password: signed in on this device for as long as its session lives. */
export async function createGuest(
  chat: Pick<Chat, 'database' | 'tokens' | 'admins' | 'securityLog'>,
  input: CreateGuest & Visitor,
): Promise<SignedIn> {
  const { username = guestName(), displayName } = input;
  const guest = { username, email: null, displayName, passwordHash: null };
  return (await addUser(chat, guest, input)).signedIn;
}

function guestName(): string {
  return `guest-${randomBytes(6).toString('hex')}`;
}
