import { type EntityManager, query } from '../entities/database.ts';
import { MAX_SWEPT } from './limits.ts';

/** Tables whose rows are of no use after their `expires_at`. */
export type Expiring = 'challenge' | 'oidc_visit' | 'proven_identity' | 'session_token';

/**
 * To be called by whatever adds a row, so that a table cannot grow for good. What another transaction is sweeping
 * away at this moment is left to it: waiting for each other, two of them could wait for ever.
 */
export async function sweepExpired(em: EntityManager, table: Expiring): Promise<void> {
  await query(
    em,
    `delete from ${table} where ctid = any(array(
       select ctid from ${table} where expires_at < $1 limit ${MAX_SWEPT} for update skip locked))`,
    [new Date()],
  );
}
