import { type Database, query } from '../entities/database.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Check } from './position-check.ts';

/** Ends here what hangs on sessions that were revoked elsewhere. */
export function checkSessions(database: Database, sessions: LiveSessions): Check {
  return async ({ since }) => {
    const revoked = 'select id from session where revoked_at > $1';
    const rows = await query<{ id: string }>(database.em, revoked, [since]);
    sessions.endHere(rows.map((row) => row.id));
  };
}
