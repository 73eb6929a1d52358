import { isCommonPassword } from '../../../chat/common-passwords.ts';
import { email } from '../../../chat/inputs/accounts.ts';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../../chat/inputs/passwords.ts';
import { MAX_PERSON_NAME_LENGTH, MAX_USERNAME_LENGTH } from './limits.ts';

// What is wrong with a value, in the old server's words; undefined when nothing is.

const TOO_LONG = (max: number) => `Ensure this field has no more than ${max} characters.`;

export function problemWithUsername(text: string): string | undefined {
  if (text === '') return 'This field may not be blank.';
  if ([...text].length > MAX_USERNAME_LENGTH) return TOO_LONG(MAX_USERNAME_LENGTH);
  if (/^[\p{L}\p{M}\p{N}_@.+-]+$/u.test(text)) return undefined;
  return 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.';
}

export function problemWithEmail(text: string): string | undefined {
  return email.safeParse(text).success ? undefined : 'Enter a valid email address.';
}

export function problemWithName(text: string): string | undefined {
  if (text.length > MAX_PERSON_NAME_LENGTH) return TOO_LONG(MAX_PERSON_NAME_LENGTH);
  return isStorable(text) ? undefined : 'Null characters are not allowed.';
}

/** Its description asks for a mix of kinds of characters, and shows passwords without one: length and rarity count. */
export function problemWithPassword(text: string): string | undefined {
  const length = [...text].length;
  if (length < MIN_PASSWORD_LENGTH)
    return `This password is too short. It must contain at least ${MIN_PASSWORD_LENGTH} characters.`;
  if (length > MAX_PASSWORD_LENGTH) return TOO_LONG(MAX_PASSWORD_LENGTH);
  if (!isStorable(text)) return 'Null characters are not allowed.';
  if (isCommonPassword(text)) return 'This password is too common.';
  return /^\d+$/.test(text) ? 'This password is entirely numeric.' : undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

export const NO_IMAGE =
  'Upload a valid image. The file you uploaded was either not an image or a corrupted image.';
export const NAME_TAKEN = 'A user with that username already exists.';
