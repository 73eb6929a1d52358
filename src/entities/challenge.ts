import { defineEntity, p } from '@mikro-orm/core';

/**
 * `second-factor`: the first proof of a sign-in was right, and the second is awaited. The others await what a
 * passkey signs: at a sign-in with nothing else, as a fresh proof of who is signed in, or to be registered.
 */
export const CHALLENGE_PURPOSES = [
  'second-factor',
  'passkey-sign-in',
  'passkey-proof',
  'passkey-registration',
] as const;
export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number];

const ChallengeSchema = defineEntity({
  name: 'Challenge',
  tableName: 'challenge',
  properties: {
    id: p.uuid().primary(),
    purpose: p.enum(CHALLENGE_PURPOSES),
    /** SHA-256 of the token that the client holds. */
    hash: p.text().hidden(),
    /** Null while nobody has said who they are. */
    userId: p.uuid().nullable(),
    /** What the session is going to be called. */
    device: p.text().default(''),
    /** What a passkey has to sign; null until a client asks to use one. */
    webauthn: p.text().nullable(),
    /** Wrong answers so far. */
    tries: p.integer().default(0),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
});

/** Something that we asked and that is answered within minutes, on whichever node. What is answered is gone. */
export class Challenge extends ChallengeSchema.class {
  isOpen(now: Date): boolean {
    return this.expiresAt > now;
  }
}
ChallengeSchema.setClass(Challenge);
