import { randomUUID } from 'node:crypto';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { type EntityManager, sqlState } from '../entities/database.ts';
import { Passkey } from '../entities/passkey.ts';
import type { User } from '../entities/user.ts';
import type { Caller } from './authenticate.ts';
import { challengeOver, issueChallenge, takeChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import { withFreshProof } from './fresh-proof.ts';
import type { FreshProof, RegisterPasskey } from './inputs/factors.ts';
import { CHALLENGE_SECONDS, MAX_PASSKEYS } from './limits.ts';
import { noticeTo } from './notices.ts';
import { type PasskeyView, passkeyView } from './own-factors.ts';
import { userHandleBytes } from './passkey-assertions.ts';
import { renewRecoveryCodes } from './recovery-codes.ts';
import { relyingParty } from './relying-party.ts';
import { forgetUnneededCodes, secondFactorsOf } from './second-factors.ts';
import { noteWaysIn, requireWayIn } from './ways-in.ts';

type Needs = Parameters<typeof withFreshProof>[0] & Pick<Chat, 'outbox'>;

/** EdDSA, ES256, RS256: named, so that it does not depend on what a node's runtime happens to know. */
const ALGORITHMS = [-8, -7, -257];

export interface PasskeyOffer {
  readonly challenge: string;
  /** For `navigator.credentials.create`, as its JSON form. */
  readonly options: Awaited<ReturnType<typeof generateRegistrationOptions>>;
}

export interface RegisteredPasskey {
  readonly passkey: PasskeyView;
  /** Only with the first second factor of an account. */
  readonly recoveryCodes: string[] | null;
}

/** The proof comes first: the challenge that is answered for it is then enough. */
export async function offerPasskey(chat: Needs, caller: Caller, proof: FreshProof): Promise<PasskeyOffer> {
  return withFreshProof(chat, caller, proof, async (em, user) => {
    const known = await em.find(Passkey, { userId: user.id });
    requireRoom(known.length);
    const { id: rpID, name: rpName } = relyingParty(chat);
    const options = await generateRegistrationOptions({
      rpID,
      rpName,
      userName: user.username,
      userDisplayName: user.displayName,
      userID: userHandleBytes(user.id),
      timeout: CHALLENGE_SECONDS * 1_000,
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports: [...transports],
      })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    const about = { purpose: 'passkey-registration', userId: user.id, webauthn: options.challenge } as const;
    return { challenge: await issueChallenge(em, about), options };
  });
}

export async function registerPasskey(
  chat: Needs,
  { userId }: Caller,
  { challenge: token, name, response }: RegisterPasskey,
): Promise<RegisteredPasskey> {
  const em = chat.database.em.fork();
  const challenge = await takeChallenge(em, 'passkey-registration', token);
  if (challenge?.webauthn == null || challenge.userId !== userId) throw challengeOver();
  const credential = await readCredential(chat, response, challenge.webauthn);
  const registered = await em
    .transactional(async (em) => {
      const user = await lockUser(em, userId);
      requireRoom(await em.count(Passkey, { userId }));
      const isFirst = (await secondFactorsOf(em, userId)).length === 0;
      const passkey = em.create(Passkey, {
        id: randomUUID(),
        userId,
        name,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        knowsOwner: credential.knowsOwner,
        transports: response.response.transports,
        createdAt: new Date(),
        lastUsedAt: null,
      });
      em.persist(passkey);
      await noteWaysIn(em, user);
      const recoveryCodes = isFirst ? await renewRecoveryCodes(em, userId) : null;
      return { passkey: passkeyView(passkey), recoveryCodes };
    })
    .catch((error) => {
      throw sqlState(error) === '23505' ? new ChatError('conflict', 'this passkey is in use already') : error;
    });
  noticeTo(chat, 'passkey-added', userId);
  return registered;
}

export async function removePasskey(
  chat: Needs,
  caller: Caller,
  { id, proof }: { readonly id: string; readonly proof: FreshProof },
): Promise<void> {
  await withFreshProof(chat, caller, proof, async (em: EntityManager, user: User) => {
    const removed = await em.nativeDelete(Passkey, { id, userId: user.id });
    if (removed === 0) throw new ChatError('not_found', 'no such passkey');
    await noteWaysIn(em, user);
    requireWayIn(user);
    await forgetUnneededCodes(em, user.id);
  });
  noticeTo(chat, 'passkey-removed', caller.userId);
}

async function readCredential(
  chat: Needs,
  response: RegisterPasskey['response'],
  expectedChallenge: string,
): Promise<{ id: string; publicKey: Uint8Array; counter: number; knowsOwner: boolean }> {
  const { id: expectedRPID, origins } = relyingParty(chat);
  // The library throws for whatever does not fit.
  const { registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge,
    expectedOrigin: origins,
    expectedRPID,
    // A key without a PIN is still a second factor; signing in with nothing else asks for more.
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => ({ registrationInfo: undefined }));
  if (!registrationInfo)
    throw new ChatError('bad_request', 'response: not what was asked of the authenticator');
  return { ...registrationInfo.credential, knowsOwner: registrationInfo.userVerified };
}

function requireRoom(passkeys: number): void {
  if (passkeys >= MAX_PASSKEYS)
    throw new ChatError('conflict', `an account may have ${MAX_PASSKEYS} passkeys`);
}
