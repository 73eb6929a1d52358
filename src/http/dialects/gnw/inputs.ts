import { z } from 'zod';
import { ChatError } from '../../../chat/errors.ts';
import { MAX_PASSWORD_LENGTH } from '../../../chat/inputs/passwords.ts';
import { cleanText } from '../../../chat/inputs/text.ts';
import type { Fields } from '../fields.ts';
import { MAX_GNW_NAME_LENGTH } from './limits.ts';

/** Which fields are one and the same: the document, its front end and its servers spell some differently. */
const ALIASES = {
  username: ['username'],
  password: ['password'],
  email: ['email'],
  display_name: ['display_name', 'displayName'],
  birthday: ['birthday'],
  passcode: ['passcode'],
  new_password: ['new_password', 'newPassword'],
  opaque_token: ['opaque_token', 'jwt', 'JWT_token', 'token'],
  friend_username: ['friend_username', 'friendUsername'],
  friend_email: ['friend_email', 'friendEmail', 'email'],
  requester_username: ['requester_username', 'requesterUsername', 'friend_username', 'friendUsername'],
  name: ['name'],
  members: ['members'],
} as const;

export type FieldName = keyof typeof ALIASES;

/** Empty counts as missing: the front end sends every field of a form. */
export function field(fields: Fields, name: FieldName): unknown {
  return ALIASES[name].map((alias) => fields[alias]).find((value) => value != null && value !== '');
}

/** JSON may carry as a number what is all digits. */
export function textField(fields: Fields, name: FieldName): string | undefined {
  const value = field(fields, name);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new ChatError('bad_request', `${name}: must be a text`);
}

export function requiredField(fields: Fields, name: FieldName): string {
  const value = textField(fields, name);
  if (value === undefined) throw new ChatError('bad_request', `${name}: missing`);
  return value;
}

const name = cleanText(MAX_GNW_NAME_LENGTH, 1)
  .normalize()
  .regex(/^\P{Cc}*$/u, 'holds characters that cannot be shown')
  .regex(/\S/, 'is blank');

/** Exactly one `@`, and nothing that a list of addresses in a mail would be read by. */
export const address = z
  .string()
  .max(254)
  .regex(/^[^\s@,;:<>()[\]\\"\p{Cc}]+@[^\s@,;:<>()[\]\\"\p{Cc}]+$/u, 'is no email address');

/** No rule for how strong it must be, as its document has none. */
export const newPassword = z
  .string()
  .normalize()
  .refine((text) => text.isWellFormed(), 'holds characters that cannot be stored')
  .refine((text) => [...text].length <= MAX_PASSWORD_LENGTH, `may have ${MAX_PASSWORD_LENGTH} characters`);

export const signUpInput = z.object({
  username: name,
  password: newPassword,
  email: address,
  displayName: name.optional(),
  birthday: z.iso.date('must be YYYY-MM-DD').optional(),
});
