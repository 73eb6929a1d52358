import { type EntityManager, query } from '../entities/database.ts';
import type { ConversationKind } from '../entities/types.ts';
import type { Chat } from './chat.ts';

export interface NamedPerson {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly displayName: string;
}

/** Which conversation this is, for wires that know people and groups and no conversations. */
export interface ConversationPeople {
  readonly id: string;
  readonly number: number;
  readonly kind: ConversationKind;
  readonly name: string;
  /** Of a dialog both, of a dialog with oneself one. Of a group nobody: there may be thousands. */
  readonly people: readonly NamedPerson[];
}

const FIND = `
  select c.id, c.number, c.kind, c.name, coalesce((
    select json_agg(json_build_object(
      'id', u.id, 'number', u.number, 'username', u.username, 'displayName', u.display_name) order by u.number)
    from membership ms join "user" u on u.id = ms.user_id
    where ms.conversation_id = c.id and c.kind = 'dialog'), '[]') as people
  from conversation c where c.id = any($1::uuid[])`;

/** By their ids. Who may see it is asked elsewhere: where the events come from, or the caller's list. */
export async function findConversationPeople(
  chat: Pick<Chat, 'database'>,
  conversationIds: readonly string[],
): Promise<Map<string, ConversationPeople>> {
  const rows = await query<ConversationPeople>(chat.database.em, FIND, [conversationIds]);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function findNames(
  em: EntityManager,
  userIds: readonly string[],
): Promise<Map<string, NamedPerson>> {
  const rows = await query<NamedPerson>(
    em,
    `select id, number, username, display_name as "displayName" from "user" where id = any($1::uuid[])`,
    [userIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
