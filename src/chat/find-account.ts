import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { findByUsername } from './user-lookup.ts';

/** Somebody who can sign in, by their name. For wires that tell a wrong name from a wrong password. */
export async function findAccount(
  { database }: Pick<Chat, 'database'>,
  username: string,
): Promise<User | undefined> {
  const user = await findByUsername(database.em.fork(), username.normalize());
  return user && !user.guest && !user.bot && !user.deleted ? user : undefined;
}
