import { type EntityManager, query } from '../entities/database.ts';
import type { SideStatus } from '../entities/friendship.ts';
import type { FriendshipStatus } from '../entities/types.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { isoSql } from './json-sql.ts';
import { MAX_TIES } from './limits.ts';

export interface TiedPerson {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  /** One's own, and those of friends. */
  readonly email: string | null;
  readonly avatarKey: string | null;
  readonly side: SideStatus;
}

/** What two people have: a friendship, a dialog, or both. Some wires know nothing else between people. */
export interface Tie {
  /** The friendship's, or the dialog's while there is none. */
  readonly id: string;
  readonly conversationId: string | null;
  /** Null while there is only a dialog; then nobody has said anything. */
  readonly status: FriendshipStatus | null;
  readonly since: string;
  readonly requester: TiedPerson;
  readonly addressee: TiedPerson;
}

interface Row extends Omit<Tie, 'requester' | 'addressee'> {
  readonly people: readonly [TiedPerson, TiedPerson];
}

/** `$1` is whoever looks: an invitation by email must not tell its sender whose the address is. */
const SHOWN = `not (f.hidden_from_requester and f.requester_id = $1)`;

const personJson = (u: string, side: string): string => `json_build_object(
  'id', ${u}.id, 'username', ${u}.username, 'firstName', ${u}.first_name, 'lastName', ${u}.last_name,
  'email', case when ${u}.id = $1 or f.status = 'accepted' then ${u}.email end, 'avatarKey', ${u}.avatar_key,
  'side', coalesce(f.${side}, 'pending'))`;

const tiesOf = (keys: string): string => `
  select coalesce(f.id, c.id) as id, c.id as "conversationId", f.status,
    ${isoSql('coalesce(f.asked_at, c.created_at)')} as since,
    json_build_array(${personJson('one', 'requester_status')}, ${personJson('two', 'addressee_status')}) as people
  from (${keys}) k
  left join friendship f on f.pair_key = k.key and ${SHOWN}
  left join conversation c on c.dialog_key = k.key
  join "user" one on one.id = coalesce(f.requester_id, split_part(k.key, ':', 1)::uuid)
  join "user" two on two.id = coalesce(f.addressee_id, split_part(k.key, ':', 2)::uuid)
  where one.id <> two.id and coalesce(f.id, c.id) is not null`;

const OF_PERSON = `${tiesOf(`
  select f.pair_key as key from friendship f where f.addressee_id = $1 or (f.requester_id = $1 and ${SHOWN})
  union
  select c.dialog_key from membership ms join conversation c on c.id = ms.conversation_id
  where ms.user_id = $1 and ms.left_at is null and c.kind = 'dialog'`)}
  order by coalesce(f.changed_at, c.changed_at) desc, coalesce(f.id, c.id) limit $2`;

const BY_ID = tiesOf(`
  select f.pair_key as key from friendship f where f.id = $2 and ${SHOWN}
  union
  select c.dialog_key from conversation c where c.id = $2 and c.kind = 'dialog'`);

/** Everybody that one has to do with, what changed last first. */
export function listTies(chat: Pick<Chat, 'database'>, callerId: string): Promise<Tie[]> {
  return findTies(chat.database.em, OF_PERSON, [callerId, MAX_TIES]);
}

/** By either of its two ids. `forbidden` for what is between others, `not_found` for what is not. */
export async function findTie(chat: Pick<Chat, 'database'>, callerId: string, id: string): Promise<Tie> {
  const [tie] = await findTies(chat.database.em, BY_ID, [callerId, id]);
  if (tie === undefined) throw new ChatError('not_found', 'no such friendship');
  if (tie.requester.id !== callerId && tie.addressee.id !== callerId)
    throw new ChatError('forbidden', 'this is between others');
  return tie;
}

/** Undefined for what is no dialog between two, or not the caller's. */
export async function findTieOfDialog(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  conversationId: string,
): Promise<Tie | undefined> {
  return findTie(chat, callerId, conversationId).catch((error) => {
    if (error instanceof ChatError) return undefined;
    throw error;
  });
}

async function findTies(em: EntityManager, text: string, parameters: unknown[]): Promise<Tie[]> {
  const rows = await query<Row>(em, text, parameters);
  return rows.map(({ people: [requester, addressee], ...row }) => ({ ...row, requester, addressee }));
}
