import { query } from '../entities/database.ts';
import type { Role } from '../entities/types.ts';
import type { Chat } from './chat.ts';
import type { ConversationInfo, MessageView, UserView } from './events.ts';
import { infoColumns, isoSql, messageJson, userJson } from './json-sql.ts';
import type { UnlinkedMessage } from './media/media-links.ts';

/** A conversation as one of its members sees it in a list. */
export interface ConversationSummary extends ConversationInfo {
  /** In a dialog the other person (oneself in the dialog with oneself); null for a group. */
  readonly peer: UserView | null;
  readonly role: Role;
  readonly muted: boolean;
  readonly memberCount: number;
  readonly lastSeq: number;
  /** The position of this picture: `changes(since rev)` brings it up to date. */
  readonly rev: number;
  readonly lastMessage: MessageView | null;
  /** Messages of others after the caller's read mark, deleted ones left out. */
  readonly unreadCount: number;
  readonly deliveredSeq: number;
  readonly readSeq: number;
  readonly changedAt: string;
}

export interface SummaryPosition {
  readonly changedAt: string;
  readonly id: string;
}

export interface WantedSummaries {
  /** Only this one. */
  readonly conversationId?: string | undefined;
  readonly after?: SummaryPosition | undefined;
  readonly limit: number;
}

type Row = Omit<ConversationSummary, 'lastMessage'> & { readonly lastMessage: UnlinkedMessage | null };

// The page is cut first, so the counting is done for its conversations only.
const SUMMARIES = `
  with page as materialized (
    select c.*, ms.role, ms.muted, ms.delivered_seq, ms.read_seq
    from membership ms join conversation c on c.id = ms.conversation_id
    where ms.user_id = $1 and ms.left_at is null
      and ($2::uuid is null or c.id = $2)
      and ($3::timestamptz is null or (c.changed_at, c.id) < ($3, $4::uuid))
    order by c.changed_at desc, c.id desc limit $5
  )
  select p.id, ${infoColumns('p')}, case when u.id is not null then ${userJson('u')} end as peer,
    p.role, p.muted, p.member_count as "memberCount", p.last_seq as "lastSeq", p.rev,
    case when m.seq is not null then ${messageJson('m')} end as "lastMessage", unread.count as "unreadCount",
    p.delivered_seq as "deliveredSeq", p.read_seq as "readSeq", ${isoSql('p.changed_at')} as "changedAt"
  from page p
  left join message m on m.conversation_id = p.id and m.seq = p.last_seq
  left join lateral (
    select o.user_id from membership o where o.conversation_id = p.id and p.kind = 'dialog'
    order by o.user_id = $1 limit 1
  ) other on true
  left join "user" u on u.id = other.user_id
  cross join lateral (
    select count(*)::int from message x
    where x.conversation_id = p.id and x.seq > p.read_seq and x.sender_id <> $1 and x.deleted_at is null
  ) unread
  order by p.changed_at desc, p.id desc`;

/** Of the caller's conversations, what changed last first. One statement, so each picture is of one moment. */
export async function findSummaries(
  { database, links }: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  { conversationId, after, limit }: WantedSummaries,
): Promise<ConversationSummary[]> {
  const rows = await query<Row>(database.em, SUMMARIES, [
    callerId,
    conversationId ?? null,
    after?.changedAt ?? null,
    after?.id ?? null,
    limit,
  ]);
  return rows.map(({ lastMessage, ...row }) => ({
    ...row,
    lastMessage: lastMessage && links.inMessage(lastMessage),
  }));
}
