import { query } from '../../entities/database.ts';
import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import { addUser } from '../create-account.ts';
import { lockUser } from '../credentials.ts';
import { ChatError } from '../errors.ts';
import { LOBBY_SIGN_EVERY_MS } from '../limits.ts';
import { requireLiveSession } from '../live-sessions.ts';
import { openSession, type SessionTerms, type Visitor } from '../open-session.ts';
import { type NewSession, tryToSignIn } from '../sign-in-as.ts';
import { findByUsername } from '../user-lookup.ts';
import { isOver } from './check-lobby.ts';
import { addVisit, announceMoved, endVisit, type Moved } from './visits.ts';

type Needs = Parameters<typeof endVisit>[0] & Pick<Chat, 'tokens' | 'admins' | 'lobby' | 'securityLog'>;

/**
 * A sign-in that ends in the lobby: the session and the visit begin together, and the visit that this person had with
 * another session is over, with that session. `signIn` passes the terms on to whatever opens the session.
 */
export async function enterLobby(
  chat: Needs,
  terms: SessionTerms,
  signIn: (terms: SessionTerms) => Promise<NewSession>,
): Promise<NewSession> {
  let moved: Moved | undefined;
  const opened = await signIn({
    ...terms,
    async alongside(em, session) {
      await terms.alongside?.(em, session);
      moved = await addVisit(em, session);
    },
  });
  if (moved) await announceMoved(chat, moved);
  return opened;
}

/** Somebody without a password, by a name that no account has and no guest who is here. */
export async function enterAsGuest(
  chat: Needs,
  { username, terms = {}, ...visitor }: Visitor & { readonly username: string },
): Promise<NewSession> {
  const em = chat.database.em.fork();
  const found = await findByUsername(em, username);
  if (found && !found.guest) throw new ChatError('username_taken', 'an account has this name');
  if (found) await showOut(chat, found.id);
  const guest = { username, email: null, displayName: username, passwordHash: null };
  return enterLobby(chat, terms, (terms) => addUser(chat, guest, { ...visitor, terms }));
}

/** Again, on the strength of the session that one has: it ends, and another one begins. */
export function enterAgain(chat: Needs, caller: Caller, visitor: Visitor): Promise<NewSession> {
  const { terms = {}, ...rest } = visitor;
  const again = (terms: SessionTerms) =>
    chat.database.em.fork().transactional(async (em) => {
      const user = await lockUser(em, caller.userId);
      await requireLiveSession(em, caller.sessionId);
      return { user, ...(await openSession(chat, em, user, { ...rest, terms })) };
    });
  return enterLobby(chat, terms, (terms) =>
    tryToSignIn(chat, { way: 'session', userId: caller.userId, address: rest.address }, () => again(terms)),
  );
}

/** Whether this session is in the lobby; asking for anything is a sign of life. */
export async function isInLobby(chat: Pick<Chat, 'database' | 'lobby'>, caller: Caller): Promise<boolean> {
  const [visit] = await query<{ quiet: boolean }>(
    chat.database.em,
    `select active_at < clock_timestamp() - $2::float8 * interval '1 ms' as quiet
     from lobby_visit where session_id = $1`,
    [caller.sessionId, LOBBY_SIGN_EVERY_MS],
  );
  if (visit === undefined) return false;
  chat.lobby.welcome(caller);
  if (visit.quiet) {
    await query(
      chat.database.em,
      'update lobby_visit set active_at = clock_timestamp() where session_id = $1',
      [caller.sessionId],
    );
  }
  return true;
}

/** Of a guest who is not here any more the name is free, even if no node has noticed yet. */
async function showOut(chat: Needs, userId: string): Promise<void> {
  const [visit] = await query<{ sessionId: string }>(
    chat.database.em.fork(),
    'select session_id as "sessionId" from lobby_visit where user_id = $1',
    [userId],
  );
  const { sessionId } = visit ?? {};
  const gone =
    sessionId !== undefined &&
    (await endVisit(chat, { userId, sessionId }, { only: (em) => isOver(em, sessionId) }));
  if (!gone) throw new ChatError('conflict', 'a guest of this name is here');
}
