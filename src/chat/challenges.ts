import { randomUUID } from 'node:crypto';
import { Challenge, type ChallengePurpose } from '../entities/challenge.ts';
import type { EntityManager } from '../entities/database.ts';
import { ChatError } from './errors.ts';
import { CHALLENGE_SECONDS } from './limits.ts';
import { sweepExpired } from './sweep-expired.ts';
import { newToken, tokenHash } from './tokens.ts';

export interface NewChallenge {
  readonly purpose: ChallengePurpose;
  readonly userId: string | null;
  readonly device?: string;
  readonly webauthn?: string;
}

/** Answers the token with which the client comes back. */
export async function issueChallenge(em: EntityManager, challenge: NewChallenge): Promise<string> {
  const token = newToken();
  const now = new Date();
  await sweepExpired(em, 'challenge');
  const { device = '', webauthn = null, ...about } = challenge;
  await em.insert(Challenge, {
    ...about,
    id: randomUUID(),
    hash: tokenHash(token),
    device,
    webauthn,
    tries: 0,
    expiresAt: new Date(now.getTime() + CHALLENGE_SECONDS * 1_000),
  });
  return token;
}

/** Looks only, and at what the database holds now. */
export async function findChallenge(
  em: EntityManager,
  purpose: ChallengePurpose,
  token: string,
): Promise<Challenge | undefined> {
  const found = await em.findOne(Challenge, { hash: tokenHash(token), purpose }, { refresh: true });
  return found?.isOpen(new Date()) ? found : undefined;
}

/** Uses it up, whatever comes of it: what a passkey has signed is good for one look. */
export async function takeChallenge(
  em: EntityManager,
  purpose: ChallengePurpose,
  token: string,
): Promise<Challenge | undefined> {
  const found = await findChallenge(em, purpose, token);
  if (!found) return undefined;
  const taken = await em.nativeDelete(Challenge, { id: found.id });
  return taken === 1 ? found : undefined;
}

/** One answer for used, expired, foreign and made up. */
export function challengeOver(): ChatError {
  return new ChatError('unauthenticated', 'this took too long or was answered before: begin again');
}
