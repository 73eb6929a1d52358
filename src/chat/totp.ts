import { generateSecret, generateURI } from 'otplib';
import { Totp } from '../entities/totp.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import { withFreshProof } from './fresh-proof.ts';
import type { ConfirmTotp, FreshProof } from './inputs/factors.ts';
import { noticeTo } from './notices.ts';
import { requireFullAccount } from './people.ts';
import { renewRecoveryCodes } from './recovery-codes.ts';
import { relyingParty } from './relying-party.ts';
import { forgetUnneededCodes, secondFactorsOf } from './second-factors.ts';
import { stepOf, wrongCode } from './totp-codes.ts';

type Needs = Parameters<typeof withFreshProof>[0] & Pick<Chat, 'outbox'>;

export interface TotpOffer {
  /** To type into the app. */
  readonly secret: string;
  /** The same as an address, to be shown as a QR code. */
  readonly uri: string;
}

/** Changes nothing yet: until a code of the app confirms it, each offer takes the place of the one before. */
export async function offerTotp(chat: Needs, { userId }: Caller): Promise<TotpOffer> {
  const secret = generateSecret();
  const username = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    requireFullAccount(user);
    if ((await em.findOne(Totp, userId))?.isOn) throw alreadyOn();
    await em.upsert(Totp, {
      userId,
      secret: chat.vault.seal('totp', userId, secret),
      createdAt: new Date(),
      confirmedAt: null,
      lastStep: 0,
      failures: 0,
      pausedUntil: null,
    });
    return user.username;
  });
  const issuer = `${relyingParty(chat).name} ${relyingParty(chat).id}`;
  return { secret, uri: generateURI({ issuer, label: username, secret }) };
}

/** From now on a sign-in asks for a code. Answers recovery codes if this is the first second factor. */
export async function confirmTotp(
  chat: Needs,
  caller: Caller,
  { code, proof }: ConfirmTotp,
): Promise<string[] | null> {
  const codes = await withFreshProof(chat, caller, proof, async (em, { id: userId }) => {
    const totp = await em.findOne(Totp, userId, { refresh: true });
    if (!totp) throw new ChatError('conflict', 'there is no secret to confirm: ask for one');
    if (totp.isOn) throw alreadyOn();
    const secret = chat.vault.open('totp', userId, totp.secret)?.text;
    const step = secret === undefined ? undefined : await stepOf(secret, code);
    if (step === undefined) throw wrongCode();
    const isFirst = (await secondFactorsOf(em, userId)).length === 0;
    totp.confirmedAt = new Date();
    totp.accept(step);
    return isFirst ? renewRecoveryCodes(em, userId) : null;
  });
  noticeTo(chat, 'app-added', caller.userId);
  return codes;
}

export async function turnOffTotp(chat: Needs, caller: Caller, proof: FreshProof): Promise<void> {
  await withFreshProof(chat, caller, proof, async (em, { id: userId }) => {
    const removed = await em.nativeDelete(Totp, { userId, confirmedAt: { $ne: null } });
    if (removed === 0) throw new ChatError('not_found', 'no authenticator app is in use');
    await forgetUnneededCodes(em, userId);
  });
  noticeTo(chat, 'app-removed', caller.userId);
}

function alreadyOn(): ChatError {
  return new ChatError('conflict', 'an authenticator app is in use: turn it off first');
}
