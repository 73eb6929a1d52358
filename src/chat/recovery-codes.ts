import { randomBytes } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { RecoveryCode } from '../entities/recovery-code.ts';
import { RECOVERY_CODES } from './limits.ts';
import { tokenHash } from './tokens.ts';

/** 80 bit each, so that a fast hash will do. */
const CODE_BYTES = 10;
/** Without what is mistaken for something else when it is copied from paper. */
const LETTERS = 'abcdefghjkmnpqrstvwxyz0123456789';

/** New ones take the place of all before. This is the only time that they are seen. */
export async function renewRecoveryCodes(em: EntityManager, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode);
  await em.nativeDelete(RecoveryCode, { userId });
  await em.insertMany(
    RecoveryCode,
    codes.map((code) => ({ userId, hash: hashOf(code) })),
  );
  return codes;
}

/** Whether it was one of theirs; then it is used up. */
export async function useRecoveryCode(em: EntityManager, userId: string, code: string): Promise<boolean> {
  return (await em.nativeDelete(RecoveryCode, { userId, hash: hashOf(code) })) === 1;
}

/** As in `abcd-efgh-jkmn-pqrs`. */
function newCode(): string {
  let bits = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`);
  let code = '';
  for (let rest = (CODE_BYTES * 8) / 5; rest > 0; rest -= 1) {
    code += LETTERS[Number(bits & 31n)];
    bits >>= 5n;
  }
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** However it was typed. */
function hashOf(code: string): string {
  return tokenHash(code.toLowerCase().replace(/[^a-z0-9]/g, ''));
}
