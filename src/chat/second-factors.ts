import type { EntityManager } from '../entities/database.ts';
import { Passkey } from '../entities/passkey.ts';
import { RecoveryCode } from '../entities/recovery-code.ts';
import { Totp } from '../entities/totp.ts';
import type { Chat } from './chat.ts';
import { ChatError, type ErrorDetail } from './errors.ts';
import type { Assertion } from './inputs/factors.ts';
import { acceptAssertion } from './passkey-assertions.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import type { Way } from './security-log.ts';
import { useTotpCode, wrongCode } from './totp-codes.ts';

/** As the refusal names them. */
export type FactorKind = 'totp' | 'passkey' | 'recovery_code';

/** What this person can be asked for besides a first proof; nothing unless they have switched it on. */
export async function secondFactorsOf(em: EntityManager, userId: string): Promise<FactorKind[]> {
  const totp = await em.findOne(Totp, userId, { refresh: true });
  const kinds: FactorKind[] = totp?.isOn ? ['totp'] : [];
  if ((await em.count(Passkey, { userId })) > 0) kinds.push('passkey');
  if (kinds.length > 0 && (await em.count(RecoveryCode, { userId })) > 0) kinds.push('recovery_code');
  return kinds;
}

export interface GivenFactor {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
  readonly passkey?:
    | { readonly assertion: Assertion; readonly webauthn: string | null | undefined }
    | undefined;
}

/**
 * Answers what is wrong with it instead of throwing: a wrong code counts, so the caller's transaction, which holds
 * the user's lock, is committed in either case.
 */
export async function checkSecondFactor(
  chat: Pick<Chat, 'vault' | 'log' | 'securityLog' | 'publicUrl' | 'allowedOrigins'>,
  em: EntityManager,
  userId: string,
  { code, recoveryCode, passkey }: GivenFactor,
): Promise<ChatError | undefined> {
  if (code !== undefined) return useTotpCode(chat, em, userId, code);
  if (recoveryCode !== undefined)
    return (await useRecoveryCode(em, userId, recoveryCode)) ? undefined : wrongCode();
  const { assertion, webauthn } = passkey ?? {};
  const expected = webauthn != null && { userId, webauthn, userVerified: false };
  const accepted = assertion && expected && (await acceptAssertion(chat, em, assertion, expected));
  return accepted ? undefined : wrongPasskey();
}

/** In the order in which they are looked at. */
export function wayOf({ code, recoveryCode }: Pick<GivenFactor, 'code' | 'recoveryCode'>): Way {
  if (code !== undefined) return 'app-code';
  return recoveryCode === undefined ? 'passkey' : 'recovery-code';
}

/** With the last factor gone, the codes that stand in for one have no use. */
export async function forgetUnneededCodes(em: EntityManager, userId: string): Promise<void> {
  await em.flush();
  const kinds = await secondFactorsOf(em, userId);
  if (!kinds.some((kind) => kind !== 'recovery_code')) await em.nativeDelete(RecoveryCode, { userId });
}

export function secondFactorRequired(kinds: readonly FactorKind[], challenge?: string): ChatError {
  const details: ErrorDetail[] = kinds.map((kind) => ({ path: 'factor', message: kind }));
  if (challenge !== undefined) details.unshift({ path: 'challenge', message: challenge });
  return new ChatError('second_factor_required', 'this account asks for a second factor', details);
}

export function wrongPasskey(): ChatError {
  return new ChatError('wrong_credentials', 'this passkey does not prove it');
}
