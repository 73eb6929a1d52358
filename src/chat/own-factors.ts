import { Passkey } from '../entities/passkey.ts';
import { RecoveryCode } from '../entities/recovery-code.ts';
import { Totp } from '../entities/totp.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { withFreshProof } from './fresh-proof.ts';
import type { FreshProof } from './inputs/factors.ts';
import { noticeTo } from './notices.ts';
import { renewRecoveryCodes } from './recovery-codes.ts';
import { secondFactorsOf } from './second-factors.ts';

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface OwnFactors {
  readonly totp: boolean;
  readonly passkeys: readonly PasskeyView[];
  readonly recoveryCodesLeft: number;
}

/** How the caller proves themselves besides a password. */
export async function listOwnFactors(chat: Pick<Chat, 'database'>, { userId }: Caller): Promise<OwnFactors> {
  const em = chat.database.em.fork();
  const passkeys = await em.find(Passkey, { userId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
  return {
    totp: (await em.findOne(Totp, userId))?.isOn ?? false,
    passkeys: passkeys.map(passkeyView),
    recoveryCodesLeft: await em.count(RecoveryCode, { userId }),
  };
}

/** Those before stop working. */
export async function replaceRecoveryCodes(
  chat: Parameters<typeof withFreshProof>[0] & Pick<Chat, 'outbox'>,
  caller: Caller,
  proof: FreshProof,
): Promise<string[]> {
  const codes = await withFreshProof(chat, caller, proof, async (em, { id: userId }) => {
    if ((await secondFactorsOf(em, userId)).length === 0)
      throw new ChatError('conflict', 'without a second factor there is nothing to recover');
    return renewRecoveryCodes(em, userId);
  });
  noticeTo(chat, 'codes-renewed', caller.userId);
  return codes;
}

export function passkeyView({ id, name, createdAt, lastUsedAt }: Passkey): PasskeyView {
  return {
    id,
    name,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
