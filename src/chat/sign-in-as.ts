import type { EntityManager } from '../entities/database.ts';
import type { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import { issueChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { noticeNewDevice } from './notices.ts';
import { openSession, type SignedIn, type Visitor } from './open-session.ts';
import { secondFactorRequired, secondFactorsOf } from './second-factors.ts';

export interface NewSession {
  readonly user: User;
  readonly session: Session;
  readonly signedIn: SignedIn;
}

export interface SignInAs extends Visitor {
  /** The proof was one for both: a second factor after a first, or a passkey that knew its owner. */
  readonly bothFactors?: boolean;
}

/**
 * Every way to prove who one is ends here, whatever was proof: what else stands between that and a session is asked
 * in this one place. The user is locked, in a transaction of the caller's.
 *
 * Answers a refusal instead of throwing it, because it is half a success: the transaction that uses up the proof
 * and keeps what is asked next has to be committed. `admitted` throws it afterwards.
 */
export async function signInAs(
  chat: Pick<Chat, 'database' | 'outbox' | 'tokens' | 'admins'>,
  em: EntityManager,
  user: User,
  { bothFactors = false, ...visitor }: SignInAs,
): Promise<NewSession | ChatError> {
  if (user.suspended) return new ChatError('suspended', 'this account is suspended');
  const factors = bothFactors ? [] : await secondFactorsOf(em, user.id);
  if (factors.length > 0) {
    const { device } = visitor;
    const challenge = await issueChallenge(em, { purpose: 'second-factor', userId: user.id, device });
    return secondFactorRequired(factors, challenge);
  }
  const opened = await openSession(chat, em, user, visitor);
  noticeNewDevice(chat, user, opened.session.id);
  return { user, ...opened };
}

/** After the commit. */
export function admitted(outcome: NewSession | ChatError): NewSession {
  if (outcome instanceof ChatError) throw outcome;
  return outcome;
}
