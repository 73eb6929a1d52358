import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { lockUser, putPassword } from './credentials.ts';
import { requireLiveSession } from './live-sessions.ts';
import { noticePasswordChange } from './notices.ts';
import { openSession, type Visitor } from './open-session.ts';
import { requireFullAccount } from './people.ts';
import { type NewSession, tryToSignIn } from './sign-in-as.ts';

/**
 * For wires on which being signed in is proof enough; ours asks for the old password. All sessions end, the one that
 * asks too, and a new one opens in its place: whoever had a copy of its token has nothing any more.
 */
export async function replacePassword(
  chat: Pick<Chat, 'database' | 'outbox' | 'passwords' | 'sessions' | 'tokens' | 'admins' | 'securityLog'>,
  { userId, sessionId }: Caller,
  { password, ...visitor }: Visitor & { readonly password: string },
): Promise<NewSession> {
  const passwordHash = await chat.passwords.hash(password);
  let ended: string[] = [];
  const prove = () =>
    chat.database.em.fork().transactional(async (em) => {
      const user = await lockUser(em, userId);
      await requireLiveSession(em, sessionId);
      requireFullAccount(user);
      ended = await putPassword(em, user, passwordHash);
      return { user, ...(await openSession(chat, em, user, visitor)) };
    });
  const opened = await tryToSignIn(chat, { way: 'session', userId, address: visitor.address }, prove);
  chat.sessions.announceEnded(ended);
  noticePasswordChange(chat, opened.user);
  return opened;
}
