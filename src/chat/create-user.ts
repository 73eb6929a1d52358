import { randomUUID } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { isNameOfDeleted, User } from '../entities/user.ts';
import { usernameTaken } from './user-lookup.ts';

export interface NewUser {
  readonly username: string;
  readonly email: string | null;
  readonly displayName: string | undefined;
  readonly passwordHash: string | null;
  readonly details?: PersonalDetails | undefined;
}

/** Asked for by some older wires, which also show the names to others; our own API shows them to nobody else. */
export interface PersonalDetails {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string | null;
  /** `YYYY-MM-DD`. */
  readonly birthday?: string | null;
}

/** In a transaction of the caller's. The unique index has the last word on names; an address is only claimed. */
export async function createUser(em: EntityManager, input: NewUser): Promise<User> {
  const { username, displayName = username, details, ...rest } = input;
  if (isNameOfDeleted(username)) throw usernameTaken();
  const now = new Date();
  const claimedAt = rest.email === null ? null : now;
  const fields = { ...rest, ...details, id: randomUUID(), username, displayName, claimedAt, createdAt: now };
  // `partial`, because the types take the getters of the entity for columns.
  const user = em.create(User, fields, { partial: true });
  // The database gives the number, so the user is written before anything is said about them.
  await em.persist(user).flush();
  return user;
}
