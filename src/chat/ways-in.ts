import type { EntityManager } from '../entities/database.ts';
import { Identity } from '../entities/identity.ts';
import { Passkey } from '../entities/passkey.ts';
import { RecoveryCode } from '../entities/recovery-code.ts';
import { Totp } from '../entities/totp.ts';
import type { User } from '../entities/user.ts';
import { ChatError } from './errors.ts';

/** To be called, before the end of the transaction, by whatever adds or takes away a way to sign in without a password. */
export async function noteWaysIn(em: EntityManager, user: User): Promise<void> {
  await em.flush();
  const userId = user.id;
  const passkeys = await em.count(Passkey, { userId, knowsOwner: true });
  user.otherWayIn = passkeys + (await em.count(Identity, { userId })) > 0;
}

/** For whatever takes one away: nobody may shut themselves out. */
export function requireWayIn(user: User): void {
  if (user.guest)
    throw new ChatError('conflict', 'this is the last way into this account: add another one first');
}

/** Of somebody who leaves. */
export async function forgetWaysIn(em: EntityManager, userId: string): Promise<void> {
  await em.nativeDelete(Identity, { userId });
  await em.nativeDelete(Passkey, { userId });
  await em.nativeDelete(Totp, { userId });
  await em.nativeDelete(RecoveryCode, { userId });
}
