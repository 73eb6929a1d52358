import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import { MAX_SESSION_DAYS } from './limits.ts';
import type { FoundToken } from './session-tokens.ts';

/** A write for every request would be dear: this much of its time must have gone by, one part of so many. */
const PARTS = 100;

/**
 * For tokens whose time counts from their last use: it begins anew, for the session, too. Answers whether it did, so
 * that the client can be told. However often it is used, a session ends when it is as old as any may be.
 */
export async function prolongSessionToken(
  chat: Pick<Chat, 'database'>,
  { caller, token }: FoundToken,
  seconds: number,
): Promise<boolean> {
  const used = seconds - (token.expiresAt.getTime() - Date.now()) / 1_000;
  if (used < seconds / PARTS) return false;
  const [prolonged] = await query<{ ends: number }>(
    chat.database.em,
    `with kept as (
       update session set expires_at = greatest(expires_at, least(
         clock_timestamp() + $3::float8 * interval '1 s', created_at + ${MAX_SESSION_DAYS} * interval '1 day'))
       where id = $1 and revoked_at is null returning id, expires_at
     )
     update session_token t set expires_at = kept.expires_at
     from kept where t.hash = $2 and t.session_id = kept.id and t.ended_at is null 
     returning extract(epoch from t.expires_at)::float8 * 1000 as ends`,
    [caller.sessionId, token.hash, seconds],
  );
  if (prolonged === undefined) return false;
  token.expiresAt = new Date(prolonged.ends);
  return true;
}
