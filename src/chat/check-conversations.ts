import { type Database, query } from '../entities/database.ts';
import type { Cursors } from './cursors.ts';
import { MAX_CHECKED_AT_ONCE } from './limits.ts';
import { type Check, inChunks, type LookBack } from './position-check.ts';

interface Row {
  readonly id: string;
  readonly rev: number;
}

const CHANGED = 'select id, rev from conversation where changed_at > $1';
const OPEN = 'select id, rev from conversation where id = any($1)';

/** Fills the cursors that are behind and were so a round ago: those are behind for good, not about to be told. */
export function checkConversations(database: Database, cursors: Cursors): Check {
  const isBehind = ({ id, rev }: Row): boolean => cursors.of(id).some((cursor) => cursor.rev < rev);
  let suspects = new Map<string, Row>();
  return async (lookBack) => {
    const rows = await positions(database, cursors, lookBack);
    const fills: Promise<void>[] = [];
    for (const { id, rev } of suspects.values()) {
      for (const cursor of cursors.of(id)) if (cursor.rev < rev) fills.push(cursor.fill());
    }
    await Promise.all(fills);
    // What could not be filled stays suspect, however long ago it changed.
    const behind = [...suspects.values(), ...rows].filter(isBehind);
    suspects = new Map(behind.map((row) => [row.id, row]));
  };
}

async function positions(
  database: Database,
  cursors: Cursors,
  { since, everything }: LookBack,
): Promise<Row[]> {
  if (!everything) return query<Row>(database.em, CHANGED, [since]);
  const rows: Row[] = [];
  for (const ids of inChunks(cursors.conversations, MAX_CHECKED_AT_ONCE)) {
    rows.push(...(await query<Row>(database.em, OPEN, [ids])));
  }
  return rows;
}
