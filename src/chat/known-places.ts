import { type EntityManager, query } from '../entities/database.ts';
import { networkOf } from './address.ts';
import { KNOWN_PLACE_DAYS, MAX_KNOWN_PLACES } from './limits.ts';
import { tokenHash } from './tokens.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whether this account has been signed in to from there before. */
export async function isKnownPlace(
  em: EntityManager,
  userId: string = NOBODY,
  address: string | undefined,
): Promise<boolean> {
  const rows = await query(
    em,
    `select 1 from known_place
     where user_id = $1 and place = $2 and seen_at > clock_timestamp() - $3 * interval '1 day'`,
    [userId, placeKey(userId, address), KNOWN_PLACE_DAYS],
  );
  return rows.length > 0;
}

/** For whoever has signed in completely. The oldest places make room. */
export async function rememberPlace(
  em: EntityManager,
  userId: string,
  address: string | undefined,
): Promise<void> {
  if (!address) return;
  await query(
    em,
    `insert into known_place (user_id, place, seen_at) values ($1, $2, clock_timestamp())
     on conflict (user_id, place) do update set seen_at = excluded.seen_at`,
    [userId, placeKey(userId, address)],
  );
  await query(
    em,
    `delete from known_place where user_id = $1 and place in (
       select place from known_place where user_id = $1 order by seen_at desc offset $2)`,
    [userId, MAX_KNOWN_PLACES],
  );
}

export async function forgetPlaces(em: EntityManager, userId: string): Promise<void> {
  await query(em, 'delete from known_place where user_id = $1', [userId]);
}

function placeKey(userId: string, address = ''): string {
  return tokenHash(`${userId} ${networkOf(address)}`);
}
