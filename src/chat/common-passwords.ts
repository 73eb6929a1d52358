import { dictionary } from '@zxcvbn-ts/language-common';

/** What people choose most, so what is tried first. Shorter ones are refused for being short. */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** A capital letter here and there makes no other password of it. */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}
