import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import type { MessageView, UserView } from './events.ts';
import { messageJson, userJson } from './json-sql.ts';
import type { UnlinkedMessage } from './media/media-links.ts';

/** A dialog as older servers list it: somebody, and what was said last. */
export interface DialogSummary {
  readonly conversationId: string;
  /** The other person, or oneself. */
  readonly peer: UserView;
  /** Of those that are not deleted. */
  readonly lastMessage: MessageView;
  readonly unreadCount: number;
}

// The page is cut first, so the rest is done for its dialogs only.
const DIALOGS = `
  with page as materialized (
    select ms.conversation_id, ms.read_seq, m.seq, m.created_at, m.id
    from membership ms join conversation c on c.id = ms.conversation_id and c.kind = 'dialog'
    cross join lateral (
      select x.seq, x.created_at, x.id from message x
      where x.conversation_id = c.id and x.deleted_at is null order by x.seq desc limit 1
    ) m
    where ms.user_id = $1 and ms.left_at is null
    order by m.created_at desc, m.id desc limit $2 offset $3
  )
  select p.conversation_id as "conversationId", ${userJson('u')} as peer, ${messageJson('m')} as "lastMessage",
    unread.count as "unreadCount"
  from page p
  join message m on m.conversation_id = p.conversation_id and m.seq = p.seq
  cross join lateral (
    select o.user_id from membership o where o.conversation_id = p.conversation_id
    order by o.user_id = $1 limit 1
  ) other
  join "user" u on u.id = other.user_id
  cross join lateral (
    select count(*)::int from message x
    where x.conversation_id = p.conversation_id and x.seq > p.read_seq and x.sender_id <> $1
      and x.deleted_at is null
  ) unread
  order by p.created_at desc, p.id desc`;

/** The caller's dialogs in which anything stands, by their last message, the newest first; for wires that count pages. */
export async function listDialogs(
  { database, links }: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<DialogSummary[]> {
  type Row = Omit<DialogSummary, 'lastMessage'> & { readonly lastMessage: UnlinkedMessage };
  const rows = await query<Row>(database.em, DIALOGS, [callerId, limit, offset]);
  return rows.map((row) => ({ ...row, lastMessage: links.inMessage(row.lastMessage) }));
}
