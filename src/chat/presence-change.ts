import { type EntityManager, query } from '../entities/database.ts';

/**
 * For nodes that are not told: of whom to look again whether they are online. `people` is a table of `user_id`;
 * always in one order, or two statements could wait for each other.
 */
export function notingChange(people: string): string {
  return `
    insert into presence_change (user_id, changed_at)
    select user_id, clock_timestamp() from ${people} order by user_id
    on conflict (user_id) do update set changed_at = clock_timestamp()`;
}

/** Somebody to whom these people are new is shown within seconds whether they are online. */
export async function introduce(em: EntityManager, userIds: readonly string[]): Promise<void> {
  if (userIds.length > 0) await query(em, notingChange('unnest($1::uuid[]) as u(user_id)'), [userIds]);
}
