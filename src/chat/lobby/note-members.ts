import type { Conversation } from '../../entities/conversation.ts';
import { type EntityManager, query } from '../../entities/database.ts';
import type { MemberView } from '../events.ts';
import { appendToLobby, type InGroup, type Somebody } from './log.ts';

/**
 * Whoever comes into a group or leaves it, by whatever wire, is news to those visitors of the lobby who are in it. The
 * last thing in a transaction that holds the group; the members' own events wake whoever waits.
 */
export async function noteMembers(
  em: EntityManager,
  conversation: Conversation,
  kind: 'joined' | 'left',
  members: readonly MemberView[],
): Promise<void> {
  if (members.length === 0 || conversation.kind !== 'group') return;
  await em.flush();
  const seats = await query(
    em,
    'select 1 from lobby_seat where conversation_id = $1 and until_position is null limit 1',
    [conversation.id],
  );
  if (seats.length === 0) return;
  const group = {
    conversationId: conversation.id,
    groupName: conversation.name,
    afterSeq: conversation.lastSeq,
  };
  await appendToLobby(
    em,
    members.map(({ userId, username: name }) => ({ kind, userId, name, ...group })),
  );
}

/** Those that visitors are in; where somebody has a seat themselves, the end of their visit tells it. */
const GROUPS_TO_TELL = `
  select c.id as "conversationId", c.name as "groupName", c.last_seq as "afterSeq"
  from conversation c
  join lobby_seat s on s.conversation_id = c.id and s.until_position is null
  join lobby_visit v on v.session_id = s.session_id
  where c.id = any($1::uuid[])
  group by c.id having bool_and(v.user_id <> $2::uuid) order by c.id`;

/** Somebody is out of these groups, which are held, because they are nobody any more: told by the name that they had. */
export async function noteErased(
  em: EntityManager,
  somebody: Somebody,
  conversationIds: readonly string[],
): Promise<void> {
  await em.flush();
  const groups = await query<InGroup>(em, GROUPS_TO_TELL, [conversationIds, somebody.userId]);
  if (groups.length === 0) return;
  await appendToLobby(
    em,
    groups.map((group) => ({ kind: 'left', ...somebody, ...group })),
  );
}
