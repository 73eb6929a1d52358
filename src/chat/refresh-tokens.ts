import { createHmac } from 'node:crypto';
import { newToken, tokenHash } from './tokens.ts';

const FAMILY_BYTES = 16;

/**
 * `family.secret`. All refresh tokens of a session share the family, which is written nowhere else: whoever names it
 * has, or had, one of them, however old.
 */
export function newRefreshToken(): string {
  return `${newToken(FAMILY_BYTES)}.${newToken()}`;
}

export function familyHash(refreshToken: string): string {
  return tokenHash(familyOf(refreshToken));
}

/**
 * The one that comes after it: the same for whoever presents the same token again, so that only hashes need to be
 * kept. Neither the token nor the salt alone is enough to know it.
 */
export function successorOf(refreshToken: string, salt: string): string {
  const secret = createHmac('sha256', salt).update(refreshToken).digest('base64url');
  return `${familyOf(refreshToken)}.${secret}`;
}

function familyOf(refreshToken: string): string {
  return refreshToken.split('.', 1)[0]!;
}
