import { query } from '../entities/database.ts';
import type { Session } from '../entities/session.ts';
import type { Chat } from './chat.ts';
import { USE_NOTED_EVERY_MS } from './limits.ts';
import { placeOf } from './place.ts';

/** Writes down when and where a session is used, once in a while: a write for every request would be dear. */
export async function noteUse(
  chat: Pick<Chat, 'database'>,
  { id, lastUsedAt }: Session,
  address: string | undefined,
): Promise<void> {
  if (lastUsedAt.getTime() > Date.now() - USE_NOTED_EVERY_MS) return;
  // Many requests may come at once after a pause: one of them writes.
  await query(
    chat.database.em,
    `update session set last_used_at = now(), place = coalesce($2, place)
     where id = $1 and last_used_at < now() - $3::float8 * interval '1 ms'`,
    [id, placeOf(address), USE_NOTED_EVERY_MS],
  );
}
