import { raw } from '@mikro-orm/core';
import { type EntityManager, sqlState } from '../entities/database.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';

// The database folds the case on both sides: JavaScript's idea of lower case is not the index's.

export function findByUsername(em: EntityManager, username: string): Promise<User | null> {
  if (!isStorable(username)) return Promise.resolve(null);
  return em.findOne(User, { [raw('lower(username)')]: raw('lower(?)', [username]) });
}

/** Whose the address is: who has verified it, and nobody else. */
export function findOwner(em: EntityManager, email: string): Promise<User | null> {
  if (!isStorable(email)) return Promise.resolve(null);
  return em.findOne(User, { [raw('lower(email)')]: raw('lower(?)', [email]), verified: true });
}

/** Who says that it is theirs without having verified it, the latest first. */
export async function findClaimants(em: EntityManager, email: string, limit: number): Promise<User[]> {
  if (!isStorable(email)) return [];
  const claimed = { [raw('lower(email)')]: raw('lower(?)', [email]), verified: false };
  return em.find(User, claimed, { orderBy: { claimedAt: 'desc nulls last', number: 'desc' }, limit });
}

/**
 * Whether any account has this address or claims it, proven or not. Only for older wires whose clients expect to be
 * told: whoever asks learns whether somebody here goes by it.
 */
export async function isEmailClaimed({ database }: Pick<Chat, 'database'>, email: string): Promise<boolean> {
  if (!isStorable(email)) return false;
  const lower = raw('lower(?)', [email]);
  const claims = { $or: [{ [raw('lower(email)')]: lower }, { [raw('lower(new_email)')]: lower }] };
  return (await database.em.fork().count(User, claims)) > 0;
}

export async function getUserOrFail(em: EntityManager, userId: string): Promise<User> {
  const user = await em.findOne(User, userId);
  if (!user) throw new ChatError('not_found', 'no such user');
  return user;
}

/** What the unique indexes say when two people want the same name at the same moment. */
export function asTaken(error: unknown): unknown {
  if (sqlState(error) !== '23505') return error;
  const constraint = String((error as { constraint?: unknown }).constraint);
  if (constraint === 'user_username') return usernameTaken();
  if (constraint === 'user_phone') return new ChatError('conflict', 'somebody has this phone number');
  return error;
}

export function usernameTaken(): ChatError {
  return new ChatError('username_taken', 'somebody has this username');
}

/** Only for who has proven that they read that mailbox, and admins: nobody else is told whose addresses we know. */
export function emailTaken(): ChatError {
  return new ChatError('email_taken', 'this email address belongs to another account');
}

/** What no name or address in the database can be like is not asked for. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
