import { randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { Conversation } from '../../entities/conversation.ts';
import { databaseNow, type EntityManager, query } from '../../entities/database.ts';
import { Membership } from '../../entities/membership.ts';
import type { Session } from '../../entities/session.ts';
import type { User } from '../../entities/user.ts';
import { announceAll, conversationAt } from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import { lockUser } from '../credentials.ts';
import { appointHeir, type LeftGroup } from '../leave-all-groups.ts';
import { isLastOwner, leave } from '../membership-changes.ts';
import { appendToLobby, hintToLobby, type NewLobbyEvent } from './log.ts';

/** A session that is in the lobby: one for each person at the most. */
interface Visit {
  readonly sessionId: string;
  readonly userId: string;
  readonly name: string;
}

/** What has to be announced after the commit. */
export interface Moved {
  readonly left: readonly LeftGroup[];
  readonly ended: readonly string[];
  /** Who has another name now. */
  readonly renamed: readonly string[];
}

const VISITS = `
  select session_id as "sessionId", user_id as "userId", name from lobby_visit`;

/**
 * In the transaction that opens the session, with its user locked or new. Who was here with another session is out
 * first, in one breath: gone, out of each group, here again.
 */
export async function addVisit(em: EntityManager, session: Session): Promise<Moved> {
  await em.flush();
  const user = await lockUser(em, session.userId);
  const [earlier] = await query<Visit>(em, `${VISITS} where user_id = $1 for update`, [user.id]);
  const going = earlier ? await removeVisit(em, earlier, user) : undefined;
  const somebody = { userId: user.id, name: user.username };
  await query(
    em,
    `insert into lobby_visit (session_id, user_id, name, active_at, position) values ($1, $2, $3, clock_timestamp(), 0)`,
    [session.id, user.id, user.username],
  );
  const position = await appendToLobby(em, [...(going?.events ?? []), { kind: 'arrived', ...somebody }]);
  // The first that they hear of is themselves.
  await query(em, 'update lobby_visit set position = $2::float8 - 1 where session_id = $1', [
    session.id,
    position,
  ]);
  return { left: going?.left ?? [], ended: earlier ? [earlier.sessionId] : [], renamed: [] };
}

export interface EndVisit {
  /** Asked when the visit is locked; without it the visit ends in any case. */
  readonly only?: (em: EntityManager) => Promise<boolean>;
}

/** Undefined when there was none, or none that is to end. */
export async function endVisit(
  chat: Parameters<typeof announceMoved>[0] & Pick<Chat, 'database'>,
  { userId, sessionId }: Pick<Visit, 'userId' | 'sessionId'>,
  { only }: EndVisit = {},
): Promise<Moved | undefined> {
  const moved = await chat.database.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    const [visit] = await query<Visit>(em, `${VISITS} where session_id = $1 for update`, [sessionId]);
    if (visit === undefined || (only && !(await only(em)))) return undefined;
    const { left, events } = await removeVisit(em, visit, user);
    const { guest } = user;
    if (guest) user.retire(`guest-${randomBytes(6).toString('hex')}`);
    await appendToLobby(em, events);
    return { left, ended: [sessionId], renamed: guest ? [userId] : [] };
  });
  if (moved) await announceMoved(chat, moved);
  return moved;
}

export async function announceMoved(
  chat: Pick<Chat, 'announcer' | 'userAnnouncer' | 'sessions' | 'bus'>,
  { left, ended, renamed }: Moved,
): Promise<void> {
  for (const { at, events } of left) await announceAll(chat.announcer, at, events);
  chat.sessions.announceEnded(ended);
  hintToLobby(chat);
  for (const userId of renamed) await chat.userAnnouncer.announce(userId);
}

/** Both are locked. What is to be said of it is not yet. */
async function removeVisit(
  em: EntityManager,
  { sessionId, userId, name }: Visit,
  user: User,
): Promise<{ left: LeftGroup[]; events: NewLobbyEvent[] }> {
  const seats = await query<{ conversationId: string; entered: boolean }>(
    em,
    `select conversation_id as "conversationId", entered from lobby_seat
     where session_id = $1 and until_position is null order by id`,
    [sessionId],
  );
  // In the order in which the writers lock them, so that nobody waits in a circle.
  const groups = await em.find(
    Conversation,
    { id: seats.map((seat) => seat.conversationId) },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const now = await databaseNow(em);
  const events: NewLobbyEvent[] = [{ kind: 'departed', userId, name }];
  const left: LeftGroup[] = [];
  for (const { conversationId, entered } of seats) {
    const conversation = groups.find((group) => group.id === conversationId)!;
    const inGroup = { conversationId, groupName: conversation.name, afterSeq: conversation.lastSeq };
    events.push({ kind: 'left', userId, name, ...inGroup });
    const locked = { em, conversation, now };
    const place = entered && (await em.findOne(Membership, { conversationId, userId, leftAt: null }));
    if (!place) continue;
    const heir = conversation.memberCount > 1 && (await isLastOwner(em, place));
    const changes = heir ? [await appointHeir(locked, place)] : [];
    changes.push(leave(locked, place, user));
    left.push({ at: conversationAt(conversation), events: changes });
  }
  await em.flush();
  await query(em, 'delete from lobby_visit where session_id = $1', [sessionId]);
  await query(em, 'update session set revoked_at = clock_timestamp() where id = $1 and revoked_at is null', [
    sessionId,
  ]);
  return { left, events };
}
