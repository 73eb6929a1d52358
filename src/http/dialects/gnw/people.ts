import type { NamedPerson } from '../../../chat/conversation-people.ts';

/** As everybody is shown in all lists. */
export interface PersonBody {
  readonly username: string;
  readonly displayName: string;
  /** The same again, as the original server called it. */
  readonly display_name: string;
  readonly chatID: string;
}

export function personBody(person: Omit<NamedPerson, 'id'>): PersonBody {
  const { username, displayName, number } = person;
  return { username, displayName, display_name: displayName, chatID: `gnw_id_${number}` };
}

/** Undefined for what is nobody's chatID. */
export function numberOfChatId(text: string): number | undefined {
  const digits = /^gnw_id_([1-9]\d{0,8})$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const alphabet = new Intl.Collator('en', { sensitivity: 'accent' });

/** By what people are called, without regard to case; the same names by what is unique. */
export function alphabetically(one: PersonBody, other: PersonBody): number {
  return (
    alphabet.compare(one.displayName, other.displayName) ||
    (one.username < other.username ? -1 : Number(one.username > other.username))
  );
}
