import { type EntityManager, query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import { LOBBY_PATIENCE_MS, MAX_LOBBY_KEPT, MAX_LOBBY_SWEPT } from '../limits.ts';
import type { Check } from '../position-check.ts';
import { endVisit } from './visits.ts';

/** Without a sign of life for too long, or without a session that stands. */
const OVER = `(
  v.active_at < clock_timestamp() - $1::float8 * interval '1 ms'
  or exists (select 1 from session s where s.id = v.session_id
    and (s.revoked_at is not null or s.expires_at <= clock_timestamp())))`;

const SWEEP_LOG = `
  delete from lobby_event where ctid = any(array(
    select ctid from lobby_event where position <= greatest(
      (select coalesce(min(position), (select position from lobby)) from lobby_visit),
      (select position from lobby) - $1::int
    ) limit $2 for update skip locked))`;

/**
 * Wakes the visitors at this node when the log went on, which the bus may not have said. Sends those away, whatever
 * node they asked last, of whom nothing is heard any more; and takes from the log what everybody has heard.
 */
export function checkLobby(chat: Parameters<typeof endVisit>[0] & Pick<Chat, 'lobby'>): Check {
  let known = Number.NaN;
  return async () => {
    const [row] = await query<{ position: number }>(
      chat.database.em,
      'select position::float8 from lobby',
      [],
    );
    const { position } = row!;
    if (position !== known) {
      chat.lobby.lookAround();
      await query(chat.database.em, SWEEP_LOG, [MAX_LOBBY_KEPT, MAX_LOBBY_SWEPT * 10]);
      known = position;
    }
    const over = await query<{ userId: string; sessionId: string }>(
      chat.database.em,
      `select user_id as "userId", session_id as "sessionId" from lobby_visit v where ${OVER} limit $2`,
      [LOBBY_PATIENCE_MS, MAX_LOBBY_SWEPT],
    );
    // Another node may be at it, too, and they may have come back since: it is asked again when they are locked.
    for (const visit of over) await endVisit(chat, visit, { only: (em) => isOver(em, visit.sessionId) });
  };
}

/** For a name that somebody wants who comes now: nobody has it for longer than they may. */
export async function isOver(em: EntityManager, sessionId: string): Promise<boolean> {
  const rows = await query(em, `select 1 from lobby_visit v where ${OVER} and v.session_id = $2`, [
    LOBBY_PATIENCE_MS,
    sessionId,
  ]);
  return rows.length > 0;
}
