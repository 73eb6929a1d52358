import type { EntityManager } from '../entities/database.ts';
import type { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import { issueChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { noticeNewDevice } from './notices.ts';
import { openSession, type SignedIn, type Visitor } from './open-session.ts';
import { secondFactorRequired, secondFactorsOf } from './second-factors.ts';
import type { WayIn } from './security-log.ts';

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
 * and keeps what is asked next has to be committed. `tryToSignIn` throws it afterwards.
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

/**
 * Every attempt to sign in is made in here, so that what comes of it is written down, once it is committed. `prove`
 * names whose account it is about as soon as it knows.
 */
export async function tryToSignIn(
  chat: Pick<Chat, 'securityLog'>,
  way: WayIn,
  prove: (about: (userId: string | undefined) => void) => Promise<NewSession | ChatError>,
): Promise<NewSession> {
  let { userId } = way;
  try {
    const outcome = await prove((about) => {
      userId = about;
    });
    if (outcome instanceof ChatError) throw outcome;
    const { user, session } = outcome;
    chat.securityLog.signedIn({ ...way, userId: user.id, sessionId: session.id });
    return outcome;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    if (error.code === 'second_factor_required') chat.securityLog.secondFactorAsked({ ...way, userId });
    else chat.securityLog.signInRefused({ ...way, userId }, error.code);
    throw error;
  }
}
