import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import type { MarkView } from './events.ts';
import { MAX_POSITIONS } from './limits.ts';

const PEER_MARKS = `
  select ms.conversation_id as "conversationId", o.user_id as "userId", o.delivered_seq as "deliveredSeq",
    o.read_seq as "readSeq"
  from membership ms
  join conversation c on c.id = ms.conversation_id and c.kind = 'dialog'
  join membership o on o.conversation_id = c.id and o.user_id <> ms.user_id
  where ms.user_id = $1 and ms.left_at is null and ($2::uuid is null or c.id = $2)
  order by c.changed_at desc limit $3`;

/** How far the other one has come in each of the caller's dialogs; of very many, in those that changed last. */
export async function findPeerMarks(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  conversationId?: string,
): Promise<Map<string, MarkView>> {
  const rows = await query<MarkView & { conversationId: string }>(chat.database.em, PEER_MARKS, [
    callerId,
    conversationId ?? null,
    MAX_POSITIONS,
  ]);
  return new Map(rows.map(({ conversationId, ...mark }) => [conversationId, mark]));
}
