import { z } from 'zod';
import { isCommonPassword } from '../common-passwords.ts';

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 256;

/** One character takes up to two UTF-16 units, and before it is composed some more. */
const MAX_RAW_LENGTH = 8 * MAX_PASSWORD_LENGTH;

// The same password is typed composed on one machine and decomposed on another.
const typed = z.string().max(MAX_RAW_LENGTH).normalize();

/** A password to be: long enough and not what everybody has; what it is made of is its owner's business. */
export const password = typed
  .refine((text) => text.isWellFormed(), 'holds characters that cannot be stored')
  .refine(hasLength, `must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`)
  .refine((text) => !isCommonPassword(text), 'is one of the passwords that are tried first; choose another')
  .meta({ format: 'password', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH });

/** Loose on purpose: what cannot be a password is answered like a wrong one, and a common one lets its owner in. */
export const givenPassword = typed.meta({ format: 'password' });

function hasLength(text: string): boolean {
  const length = [...text].length;
  return length >= MIN_PASSWORD_LENGTH && length <= MAX_PASSWORD_LENGTH;
}
