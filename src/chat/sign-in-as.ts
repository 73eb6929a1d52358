import type { EntityManager } from '../entities/database.ts';
import type { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { noticeNewDevice } from './notices.ts';
import { openSession, type SignedIn, type Visitor } from './open-session.ts';

export interface NewSession {
  readonly user: User;
  readonly session: Session;
  readonly signedIn: SignedIn;
}

/**
 * Every way to prove who one is ends here, whatever was proof: what else stands between that and a session is asked
 * in this one place. The user is locked, in a transaction of the caller's.
 */
export async function signInAs(
  chat: Pick<Chat, 'database' | 'outbox' | 'tokens' | 'admins'>,
  em: EntityManager,
  user: User,
  visitor: Visitor,
): Promise<NewSession> {
  const opened = await openSession(chat, em, user, visitor);
  noticeNewDevice(chat, user, opened.session.id);
  return { user, ...opened };
}
