import type { Conversation } from '../client/index.ts';

/** What a conversation is called in lists. */
export function nameOf({ peer, name }: Pick<Conversation, 'peer' | 'name'>): string {
  return peer === null ? name : peer.displayName;
}

const LOWER = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether each word that was typed begins a word of the name. */
export function fits(typed: string, ...names: readonly string[]): boolean {
  const words = names.flatMap((name) => LOWER(name).split(/[\s._-]+/));
  return LOWER(typed)
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
