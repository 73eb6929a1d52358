import type { Conversation } from '../../entities/conversation.ts';
import { type EntityManager, query } from '../../entities/database.ts';
import type { MemberView } from '../events.ts';
import { appendToLobby } from './log.ts';

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
