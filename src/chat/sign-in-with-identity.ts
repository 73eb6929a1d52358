import { randomBytes, randomUUID } from 'node:crypto';
import { type EntityManager, sqlState } from '../entities/database.ts';
import type { Friendship } from '../entities/friendship.ts';
import { Identity } from '../entities/identity.ts';
import type { ProvenIdentity } from '../entities/proven-identity.ts';
import { isNameOfDeleted, type User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { createUser } from './create-user.ts';
import { lockUser } from './credentials.ts';
import type { ChatError } from './errors.ts';
import { displayName as displayNameInput, username as usernameInput } from './inputs/accounts.ts';
import type { IdentitySignIn } from './inputs/identities.ts';
import { noticeTo } from './notices.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { announceRequests, proveAddress } from './prove-address.ts';
import { codeOver, takeProven } from './proven-identities.ts';
import { lockAddress } from './request-by-invitation.ts';
import { type NewSession, signInAs, tryToSignIn } from './sign-in-as.ts';
import { findByUsername, findOwner } from './user-lookup.ts';
import { noteWaysIn } from './ways-in.ts';

/** Two sign-ins of one new person, or two new people with one name, at the same moment: one of them looks again. */
const ATTEMPTS = 3;
const SUFFIX_BYTES = 3;
const MAX_BASE_LENGTH = 50;

type Needs = Pick<Chat, 'database' | 'bus' | 'announcer' | 'outbox' | 'tokens' | 'admins' | 'securityLog'>;

/** A second factor is asked for as after any first proof: what the provider asked for is not known here. */
export async function signInWithIdentity(chat: Needs, input: IdentitySignIn & Visitor): Promise<SignedIn> {
  const { address } = input;
  const attempt = await tryToSignIn(chat, { way: 'oidc', address }, (about) => prove(chat, input, about));
  return attempt.signedIn;
}

async function prove(
  chat: Needs,
  input: IdentitySignIn & Visitor,
  about: (userId: string) => void,
): Promise<NewSession | ChatError> {
  const proven = await takeProven(chat.database.em.fork(), input);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { outcome, requests, linkedTo } = await chat.database.em.fork().transactional(async (em) => {
        const { user, requests, isNewWay } = await ownerOf(em, proven);
        about(user.id);
        const linkedTo = isNewWay ? user.id : undefined;
        return { outcome: await signInAs(chat, em, user, input), requests, linkedTo };
      });
      announceRequests(chat, requests);
      if (linkedTo !== undefined) noticeTo(chat, 'identity-added', linkedTo);
      return outcome;
    } catch (error) {
      if (sqlState(error) !== '23505' || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Owner {
  readonly user: User;
  /** Of those who have invited this address, which is proven with the first sign-in. */
  readonly requests: readonly Friendship[];
  /** Into an account that was there before. */
  readonly isNewWay: boolean;
}

/** Locked. */
async function ownerOf(em: EntityManager, proven: ProvenIdentity): Promise<Owner> {
  const { issuer, subject } = proven;
  const known = await em.findOne(Identity, { issuer, subject });
  if (known) {
    const user = await lockUser(em, known.userId);
    // Unlinked while we waited for the lock: whoever did it meant to shut this way.
    if (!(await em.findOne(Identity, known.id, { refresh: true }))) throw codeOver();
    known.lastUsedAt = new Date();
    return { user, requests: [], isNewWay: false };
  }
  const there = await verifiedOwner(em, proven.verifiedEmail);
  const owner =
    there === undefined ? await newcomer(em, proven) : { user: there, requests: [], isNewWay: true };
  await addIdentity(em, owner.user, proven);
  return owner;
}

/**
 * An account that is there already is given away only if both sides have seen its owner read that mailbox: else
 * somebody could sign up with a stranger's address, here or there, and wait for them.
 */
async function verifiedOwner(em: EntityManager, email: string | null | undefined): Promise<User | undefined> {
  const found = email == null ? null : await findOwner(em, email);
  if (!found) return undefined;
  const user = await lockUser(em, found.id);
  return user.verified && user.email === found.email ? user : undefined;
}

async function newcomer(em: EntityManager, proven: ProvenIdentity): Promise<Owner> {
  const email = proven.verifiedEmail ?? null;
  if (email !== null) await lockAddress(em, email);
  // Verified by somebody else a moment ago, who can still link this identity by hand.
  const taken = email !== null && (await findOwner(em, email)) !== null;
  const name = displayNameInput.safeParse(proven.displayName);
  const user = await createUser(em, {
    username: await freeUsername(em, proven),
    email: taken ? null : email,
    displayName: name.success ? name.data : undefined,
    passwordHash: null,
  });
  const requests = user.email == null ? [] : await proveAddress(em, user, user.email);
  return { user, requests, isNewWay: false };
}

export async function addIdentity(
  em: EntityManager,
  user: User,
  { issuer, subject }: ProvenIdentity,
): Promise<Identity> {
  const now = new Date();
  const fields = { id: randomUUID(), userId: user.id, issuer, subject, createdAt: now, lastUsedAt: now };
  const identity = em.create(Identity, fields);
  em.persist(identity);
  await noteWaysIn(em, user);
  return identity;
}

/** As they are called there, as far as that is a username here and free. */
async function freeUsername(em: EntityManager, { username, verifiedEmail }: ProvenIdentity): Promise<string> {
  const wanted = (username ?? verifiedEmail?.split('@')[0] ?? '')
    .normalize()
    .replace(/[^\p{L}\p{N}_.-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, MAX_BASE_LENGTH);
  const base = usernameInput.safeParse(wanted).success ? wanted : 'user';
  const free = base === wanted && !isNameOfDeleted(base) && !(await findByUsername(em, base));
  return free ? base : `${base}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
}
