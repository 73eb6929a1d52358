import { query } from '../entities/database.ts';
import type { Role } from '../entities/types.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { isoSql } from './json-sql.ts';
import { MAX_TIES, SMALL_GROUP } from './limits.ts';

export interface ListedGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Null without a picture, as its key is. */
  readonly avatarId: string | null;
  readonly avatarKey: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
  /** In the order in which they joined; of a large group the first ones. */
  readonly members: readonly ListedMember[];
}

export interface ListedMember {
  readonly id: string;
  readonly username: string;
  readonly avatarKey: string | null;
  readonly role: Role;
}

const GROUPS = `
  select c.id, c.name, c.description, c.avatar_id as "avatarId", c.avatar_key as "avatarKey",
    ${isoSql('c.created_at')} as "createdAt", ${isoSql('c.changed_at')} as "changedAt", (
    select json_agg(m) from (
      select u.id, u.username, u.avatar_key as "avatarKey", o.role
      from membership o join "user" u on u.id = o.user_id
      where o.conversation_id = c.id and o.left_at is null
      order by o.joined_at, o.user_id limit $3
    ) m
  ) as members
  from membership ms join conversation c on c.id = ms.conversation_id and c.kind = 'group'
  where ms.user_id = $1 and ms.left_at is null and ($2::uuid is null or c.id = $2)
  order by c.changed_at desc, c.id limit $4`;

/** The caller's groups with those who are in them, what changed last first; for wires that know no pages of them. */
export function listGroups(chat: Pick<Chat, 'database'>, callerId: string): Promise<ListedGroup[]> {
  return query<ListedGroup>(chat.database.em, GROUPS, [callerId, null, SMALL_GROUP, MAX_TIES]);
}

export async function getGroup(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  conversationId: string,
): Promise<ListedGroup> {
  const parameters = [callerId, conversationId, SMALL_GROUP, 1];
  const [group] = await query<ListedGroup>(chat.database.em, GROUPS, parameters);
  if (group === undefined) throw new ChatError('not_found', 'no such group');
  return group;
}
