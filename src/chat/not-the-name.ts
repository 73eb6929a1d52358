import type { User } from '../entities/user.ts';
import { ChatError } from './errors.ts';

type Named = Pick<User, 'username'> & { readonly email?: string | null };

/** Whoever wants to come in knows the names already. `path` is what the client called the password. */
export function requireNotTheName(
  password: string,
  { username, email }: Named,
  path: 'password' | 'newPassword' = 'password',
): void {
  const given = password.toLowerCase();
  const [localPart] = (email ?? '').split('@');
  const names = [username, email, localPart].map((name) => name?.normalize().toLowerCase());
  if (!names.includes(given)) return;
  const message = 'is your name or address; choose another';
  throw new ChatError('bad_request', `${path}: ${message}`, [{ path, message }]);
}
