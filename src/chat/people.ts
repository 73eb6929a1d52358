import { Block } from '../entities/block.ts';
import { type EntityManager, query } from '../entities/database.ts';
import { pairKey } from '../entities/pair-key.ts';
import type { User } from '../entities/user.ts';
import { ChatError } from './errors.ts';
import { findByUsername, getUserOrFail } from './user-lookup.ts';

/** Somebody, by id or by name. */
export interface PersonRef {
  readonly userId?: string | undefined;
  readonly username?: string | undefined;
}

export async function findPerson(em: EntityManager, { userId, username }: PersonRef): Promise<User> {
  if (userId !== undefined) return getUserOrFail(em, userId);
  const user = username === undefined ? null : await findByUsername(em, username);
  if (!user) throw new ChatError('not_found', 'no such user');
  return user;
}

/** Nothing new begins with somebody who has gone; what was there before stays. */
export function requireNotDeleted(user: User): void {
  if (user.deleted) throw new ChatError('not_found', 'no such user');
}

/** Any number will do, as long as every node uses the same and no other lock of ours does. */
const PAIR_LOCKS = 726_581;

/**
 * Until the transaction ends nobody else changes what these two are to each other. A lock on a row would not
 * do: asking and blocking write different tables, and either can come first. It is taken before any row of
 * theirs is read. Two pairs may share a lock by chance; they then wait for each other and no harm is done.
 */
export async function lockPair(em: EntityManager, one: string, other: string): Promise<void> {
  await query(em, 'select pg_advisory_xact_lock($1::int, hashtext($2))', [PAIR_LOCKS, pairKey(one, other)]);
}

/** In either direction. */
export async function blockedBetween(em: EntityManager, one: string, other: string): Promise<boolean> {
  const blocks = await em.count(Block, {
    $or: [
      { blockerId: one, blockedId: other },
      { blockerId: other, blockedId: one },
    ],
  });
  return blocks > 0;
}

/**
 * One answer for both directions and for every attempt (ask, open, add, write). It does not say who blocks
 * whom; that there is a block must be said, because accepting what will never arrive would be a lie to people
 * who build on us, and the refused message would tell it anyway.
 */
export function blocked(): ChatError {
  return new ChatError('blocked', 'one of you blocks the other');
}

/** A guest has nothing to sign in with, so there is nothing that a second proof could guard. */
export function requireFullAccount(user: User): void {
  if (user.guest) throw new ChatError('conflict', 'a guest needs a way to sign in first');
}
