import type { Chat } from '../../../chat/chat.ts';
import { createAccount } from '../../../chat/create-account.ts';
import { ChatError, type ErrorDetail } from '../../../chat/errors.ts';
import { MAX_NAME_LENGTH } from '../../../chat/inputs/accounts.ts';
import { MAX_PASSWORD_LENGTH } from '../../../chat/inputs/passwords.ts';
import type { Visitor } from '../../../chat/open-session.ts';
import { isEmailClaimed } from '../../../chat/user-lookup.ts';
import type { Fields } from '../fields.ts';
import { readForm } from './form.ts';
import { type KeysView, makeKeys } from './keys.ts';

const MIN_PASSWORD_LENGTH = 10;
const MAX_EMAIL_LENGTH = 254;
const MAX_PHONE_LENGTH = 32;

const EMAIL = /^[\w!#$%&'*+\-/=?^`{|}~.]+@(?:[a-z0-9-]+\.)+[a-z]{2,63}$/;

/** What is wrong with each field, trimmed as it is; undefined for a good one. */
const RULES = {
  first_name: wrongName,
  last_name: wrongName,
  username: (text: string) => (/^[a-zA-Z]\w+$/.test(text) ? wrongName(text) : INVALID_NAME),
  password: wrongPassword,
  email: (text: string) =>
    text.length <= MAX_EMAIL_LENGTH && EMAIL.test(text) ? undefined : 'please enter a valid email address',
  phone: (text: string) =>
    text.length <= MAX_PHONE_LENGTH && /^\d+$/.test(text) ? undefined : 'please enter a valid phone number',
};

const INVALID_NAME = 'please enter a valid name';

type Registration = Record<keyof typeof RULES, string>;

export interface Registered {
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly email: string;
  readonly phone_number: string;
  readonly token: KeysView;
}

export async function register(chat: Chat, fields: Fields, visitor: Visitor): Promise<Registered> {
  const given = readForm(fields, Object.keys(RULES) as (keyof Registration)[], wrongIn);
  const { first_name, last_name, username, email, phone, password } = given;
  // Elsewhere an address may be claimed twice until it is proven; these clients expect that it may not.
  if (await isEmailClaimed(chat, email)) throw notUnique();
  const keys = makeKeys(chat);
  try {
    const { session } = await createAccount(chat, {
      ...{ username, email, displayName: displayName(given), password: password.normalize() },
      details: { firstName: first_name, lastName: last_name, phone },
      ...{ ...visitor, terms: keys.terms },
    });
    return { first_name, last_name, username, email, phone_number: phone, token: keys.view(session) };
  } catch (error) {
    throw isTaken(error) ? notUnique() : error;
  }
}

function wrongIn(given: Registration): ErrorDetail[] {
  return Object.entries(RULES).flatMap(([path, rule]) => {
    const message = rule(given[path as keyof Registration]);
    return message === undefined ? [] : [{ path, message }];
  });
}

function wrongName(text: string): string | undefined {
  const storable = text.length <= MAX_NAME_LENGTH && text.isWellFormed() && !text.includes('\0');
  return storable ? undefined : INVALID_NAME;
}

/** The blank is looked for first: that is what a client was told by the old server. */
function wrongPassword(text: string): string | undefined {
  if (/\s/.test(text)) return 'please enter a password without any space';
  const length = [...text].length;
  if (length < MIN_PASSWORD_LENGTH)
    return `please enter a password with at least ${MIN_PASSWORD_LENGTH} characters`;
  if (length > MAX_PASSWORD_LENGTH)
    return `please enter a password with at most ${MAX_PASSWORD_LENGTH} characters`;
  return text.isWellFormed() ? undefined : 'please enter a password that can be stored';
}

/** Both names may be empty. */
function displayName({ first_name, last_name, username }: Registration): string {
  const whole = `${first_name} ${last_name}`.trim();
  return (whole.length <= MAX_NAME_LENGTH ? whole : first_name) || username;
}

/** The name or the phone number. */
function isTaken(error: unknown): boolean {
  return error instanceof ChatError && ['username_taken', 'conflict'].includes(error.code);
}

/** The old server's words, which its clients look for. */
function notUnique(): ChatError {
  return new ChatError('bad_request', 'Some fileds are not unique');
}
