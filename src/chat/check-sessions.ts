import { type Database, query } from '../entities/database.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Check } from './position-check.ts';

const ENDED = `
  select id from session where revoked_at > $1
  union all
  select id from session where expires_at > $1 and expires_at <= now()`;

/** Ends here what hangs on sessions that were revoked elsewhere, or whose time is over. */
export function checkSessions(database: Database, sessions: LiveSessions): Check {
  return async ({ since }) => {
    const rows = await query<{ id: string }>(database.em, ENDED, [since]);
    sessions.endHere(rows.map((row) => row.id));
  };
}
