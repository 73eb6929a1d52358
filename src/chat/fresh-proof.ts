import type { EntityManager } from '../entities/database.ts';
import type { User } from '../entities/user.ts';
import type { Caller } from './authenticate.ts';
import { issueChallenge, takeChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { checkPassword, lockUserWith } from './credentials.ts';
import { ChatError } from './errors.ts';
import { requireFreshSession } from './fresh-session.ts';
import type { FreshProof } from './inputs/factors.ts';

import { type AssertionOptions, assertionOptions } from './passkey-assertions.ts';
import { requireFullAccount } from './people.ts';
import { checkSecondFactor, secondFactorRequired, secondFactorsOf, wayOf } from './second-factors.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<
  Chat,
  'database' | 'passwords' | 'vault' | 'log' | 'securityLog' | 'publicUrl' | 'allowedOrigins'
>;

/**
 * What changes how somebody signs in is done only for who can sign in this very moment: an open session may be one
 * that was left lying about. `work` runs in the transaction, with the user locked.
 */
export async function withFreshProof<Result>(
  chat: Needs,
  caller: Caller,
  proof: FreshProof,
  work: (em: EntityManager, user: User) => Promise<Result>,
): Promise<Result> {
  const checkedHash = await checkFirstFactor(chat, caller, proof.password);
  const outcome = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUserWith(em, caller.userId, checkedHash);
    const refusal = await refuseSecondFactor(chat, em, user, proof);
    return refusal ?? { result: await work(em, user) };
  });
  if (outcome instanceof ChatError) {
    const given = outcome.code !== 'second_factor_required';
    if (given) chat.securityLog.proofRefused({ way: wayOf(proof), second: true, ...caller }, outcome.code);
    throw outcome;
  }
  return outcome.result;
}

/**
 * Answers the hash that was checked. Who signs in elsewhere or with a passkey has no password to say, and shows a
 * session that is fresh instead.
 */
export async function checkFirstFactor(
  chat: Pick<Chat, 'database' | 'passwords' | 'securityLog'>,
  caller: Caller,
  password: string | undefined,
): Promise<string | null | undefined> {
  const user = await getUserOrFail(chat.database.em.fork(), caller.userId);
  requireFullAccount(user);
  if (user.passwordHash == null && user.otherWayIn) {
    await requireFreshSession(chat, caller);
    return null;
  }
  if (password === undefined) throw new ChatError('wrong_credentials', 'say your password');
  return checkPassword(chat, caller, password);
}

/** The other half of a proof by passkey: what it has to sign, and the token to bring along. */
export async function askForProof(
  chat: Needs,
  { userId }: Caller,
): Promise<{ challenge: string; options: AssertionOptions }> {
  const em = chat.database.em.fork();
  const options = await assertionOptions(chat, em, userId);
  const webauthn = options.challenge;
  return { challenge: await issueChallenge(em, { purpose: 'passkey-proof', userId, webauthn }), options };
}

async function refuseSecondFactor(
  chat: Needs,
  em: EntityManager,
  { id: userId }: User,
  { code, recoveryCode, passkey }: FreshProof,
): Promise<ChatError | undefined> {
  const factors = await secondFactorsOf(em, userId);
  if (factors.length === 0) return undefined;
  if (code === undefined && recoveryCode === undefined && passkey === undefined)
    return secondFactorRequired(factors);
  const challenge = passkey && (await takeChallenge(em, 'passkey-proof', passkey.challenge));
  const webauthn = challenge?.userId === userId ? challenge.webauthn : undefined;
  const given = passkey && { assertion: passkey.response, webauthn };
  return checkSecondFactor(chat, em, userId, { code, recoveryCode, passkey: given });
}
