import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { EntityManager } from '../entities/database.ts';
import { Passkey } from '../entities/passkey.ts';
import type { Chat } from './chat.ts';
import type { Assertion } from './inputs/factors.ts';
import { CHALLENGE_SECONDS } from './limits.ts';
import { relyingParty } from './relying-party.ts';

type Needs = Pick<Chat, 'publicUrl' | 'allowedOrigins' | 'securityLog'>;

/** For `navigator.credentials.get`, as its JSON form. */
export type AssertionOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

/** Whose passkeys may answer; undefined lets the authenticator offer those that it has for us. */
export async function assertionOptions(
  chat: Needs,
  em: EntityManager,
  userId?: string,
): Promise<AssertionOptions> {
  const passkeys = userId === undefined ? undefined : await em.find(Passkey, { userId });
  return generateAuthenticationOptions({
    rpID: relyingParty(chat).id,
    timeout: CHALLENGE_SECONDS * 1_000,
    // As a second factor it is enough to have it; with nothing else, it must know its owner.
    userVerification: passkeys === undefined ? 'required' : 'preferred',
    allowCredentials: passkeys?.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
  });
}

export interface Expected {
  readonly userId: string;
  /** What was to be signed. */
  readonly webauthn: string;
  /** By finger, face or PIN: then it stands for two factors. */
  readonly userVerified: boolean;
}

/** Whether a passkey of this user signed this. In a transaction of the caller's that holds the user's lock. */
export async function acceptAssertion(
  chat: Needs,
  em: EntityManager,
  assertion: Assertion,
  expected: Expected,
): Promise<boolean> {
  const { userId } = expected;
  const passkey = await em.findOne(Passkey, { credentialId: assertion.id, userId }, { refresh: true });
  const { userHandle } = assertion.response;
  if (!passkey || (userHandle && userHandle !== userHandleOf(userId))) return false;
  const { id: rpId, origins } = relyingParty(chat);
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion,
      expectedChallenge: expected.webauthn,
      expectedOrigin: origins,
      expectedRPID: rpId,
      requireUserVerification: expected.userVerified,
      credential: {
        id: passkey.credentialId,
        publicKey: Buffer.from(passkey.publicKey, 'base64url'),
        counter: passkey.counter,
      },
    });
    if (!verified) return false;
    passkey.used(authenticationInfo.newCounter, new Date());
    return true;
  } catch {
    // The library throws for whatever does not fit: another origin, another challenge, a counter that went back.
    chat.securityLog.passkeyRefused(userId, passkey.id);
    return false;
  }
}

/** What an authenticator knows its owner by. */
export function userHandleOf(userId: string): string {
  return userHandleBytes(userId).toString('base64url');
}

export function userHandleBytes(userId: string): Buffer<ArrayBuffer> {
  return Buffer.from(userId.replaceAll('-', ''), 'hex');
}
