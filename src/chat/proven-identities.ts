import { createHash } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { ProvenIdentity } from '../entities/proven-identity.ts';
import { ChatError } from './errors.ts';
import { tokenHash } from './tokens.ts';

export interface IdentityCode {
  readonly code: string;
  readonly codeVerifier: string;
}

/** Uses the code up, if it is in the hands of the client that began. */
export async function takeProven(em: EntityManager, given: IdentityCode): Promise<ProvenIdentity> {
  const proven = await em.findOne(ProvenIdentity, {
    hash: tokenHash(given.code),
    codeChallenge: createHash('sha256').update(given.codeVerifier).digest('base64url'),
    expiresAt: { $gt: new Date() },
  });
  if (!proven || (await em.nativeDelete(ProvenIdentity, { hash: proven.hash })) !== 1) throw codeOver();
  return proven;
}

export function codeOver(): ChatError {
  return new ChatError('wrong_credentials', 'this code has been used, has expired or is not yours');
}
