import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { MAX_BATCH } from './limits.ts';

const WAITING = `
  select c.id, c.last_seq from membership ms join conversation c on c.id = ms.conversation_id
  where ms.user_id = $1 and ms.left_at is null and ms.delivered_seq < c.last_seq
  limit $2`;

/** Everything that waits for the caller is with them now: for wires whose clients never say so themselves. */
export async function deliverAll(chat: Pick<Chat, 'database' | 'marks'>, callerId: string): Promise<void> {
  let rows: { id: string; last_seq: number }[];
  do {
    rows = await query(chat.database.em, WAITING, [callerId, MAX_BATCH]);
    await Promise.all(
      rows.map(({ id: conversationId, last_seq: deliveredSeq }) =>
        chat.marks.move({ conversationId, userId: callerId, deliveredSeq, readSeq: 0 }).catch(unlessGone),
      ),
    );
  } while (rows.length === MAX_BATCH);
}

/** Who was just taken out of a group has nothing waiting there any more. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ChatError) || error.code !== 'not_found') throw error;
}
