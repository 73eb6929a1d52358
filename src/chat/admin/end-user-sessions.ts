import type { Chat } from '../chat.ts';
import { revokeSessions } from '../credentials.ts';
import { endSessionOf } from '../end-session.ts';
import { type AdminCaller, actOnUser, type OnUser } from './act-on-user.ts';

type Needs = Pick<Chat, 'database' | 'admins' | 'sessions'>;

export async function endUserSession(
  chat: Needs,
  admin: AdminCaller,
  on: OnUser & { readonly sessionId: string },
): Promise<void> {
  await actOnUser(chat, admin, { ...on, action: 'end_session' }, ({ em }) => endSessionOf(em, on));
  chat.sessions.announceEnded([on.sessionId]);
}

export async function endUserSessions(chat: Needs, admin: AdminCaller, on: OnUser): Promise<void> {
  const ended = await actOnUser(chat, admin, { ...on, action: 'end_all_sessions' }, ({ em }) =>
    revokeSessions(em, on.userId),
  );
  chat.sessions.announceEnded(ended);
}
