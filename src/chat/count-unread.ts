import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';

/**
 * How much each of these people has not read in a conversation: messages of others after their mark, deleted ones
 * left out. Who is not in it is left out.
 */
export async function countUnread(
  chat: Pick<Chat, 'database'>,
  conversationId: string,
  userIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await query<{ userId: string; count: number }>(
    chat.database.em,
    `select ms.user_id as "userId", (
       select count(*)::int from message m
       where m.conversation_id = $1 and m.seq > ms.read_seq and m.sender_id <> ms.user_id and m.deleted_at is null
     ) as count
     from membership ms where ms.conversation_id = $1 and ms.user_id = any($2::uuid[]) and ms.left_at is null`,
    [conversationId, userIds],
  );
  return new Map(rows.map(({ userId, count }) => [userId, count]));
}
