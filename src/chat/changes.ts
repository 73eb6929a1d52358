import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import type { ConversationInfo, KeptEvent, MarkView, MemberView, MessageView } from './events.ts';
import { infoColumns, isoSql, messageJson } from './json-sql.ts';
import { MAX_CHANGES, SMALL_GROUP } from './limits.ts';
import type { UnlinkedMessage } from './media/media-links.ts';

/** Everything that happened in a conversation after a position, each thing once, as it is now. */
export interface Changes {
  readonly reset: false;
  /** The position of whoever has applied them. */
  readonly rev: number;
  readonly lastSeq: number;
  readonly memberCount: number;
  /** In the order of `seq`: new ones, edited ones and tombstones. */
  readonly messages: readonly MessageView[];
  /** Who joined, left or changed role; while the group is small, who moved a mark too. */
  readonly members: readonly MemberView[];
  /** In a large group, where thousands may move one: nobody is shown but their own. */
  readonly marks: readonly MarkView[];
  /** Only when its name, description, visibility or picture changed. */
  readonly conversation: ConversationInfo | null;
}

/** More was missed than one answer holds, or the position is from another time: start again. */
export interface Reset {
  readonly reset: true;
  readonly rev: number;
  readonly lastSeq: number;
  readonly memberCount: number;
}

interface Row extends Omit<ConversationInfo, 'id'> {
  readonly rev: number;
  readonly last_seq: number;
  readonly info_rev: number;
  readonly member_count: number;
  readonly messages: readonly UnlinkedMessage[] | null;
  readonly members: readonly MemberView[] | null;
  readonly marks: readonly MarkView[] | null;
}

export interface Position {
  readonly rev: number;
  readonly lastSeq: number;
}

/** What leads from one position to another. */
export interface Missed extends Position {
  readonly events: readonly KeptEvent[];
}

/**
 * One statement, so one snapshot: nothing can change between the position and the rows. New messages are at
 * most as many as revs were taken, so they are found by `seq`; the altered ones have an index of their own.
 */
const CHANGES = `
  with c as (select * from conversation where id = $1),
  altered as (
    select m.* from c join message m on m.conversation_id = c.id
      and m.seq > c.last_seq - (c.rev - $2::int) and m.rev > $2::int
    union
    select m.* from c join message m on m.conversation_id = c.id and m.rev > $2::int
      and (m.edited_at is not null or m.deleted_at is not null)
  )
  select ${infoColumns('c')}, c.rev, c.last_seq, c.info_rev, c.member_count,
    case when c.rev - $2::int between 1 and $3::int then (
      select json_agg(${messageJson('m')} order by m.seq) from altered m
    ) end as messages,
    case when c.rev - $2::int between 1 and $3::int then (
      select json_agg(json_build_object(
        'userId', ms.user_id, 'username', u.username, 'displayName', u.display_name, 'role', ms.role,
        'joinedAt', ${isoSql('ms.joined_at')}, 'left', ms.left_at is not null,
        'deliveredSeq', ms.delivered_seq, 'readSeq', ms.read_seq
      ) order by ms.rev)
      from membership ms join "user" u on u.id = ms.user_id
      where ms.conversation_id = c.id and ms.rev > $2::int
        and (c.member_count <= $4::int or ms.place_rev > $2::int)
    ) end as members,
    case when c.rev - $2::int between 1 and $3::int and c.member_count > $4::int then (
      select json_agg(json_build_object(
        'userId', ms.user_id, 'deliveredSeq', ms.delivered_seq, 'readSeq', ms.read_seq
      ) order by ms.rev)
      from membership ms
      where ms.conversation_id = c.id and ms.rev > $2::int and ms.place_rev <= $2::int and ms.left_at is null
    ) end as marks
  from c`;

/** Undefined when there is no such conversation. Asks nobody's leave: faces go through `readChanges`. */
export async function findChanges(
  { database, links }: Pick<Chat, 'database' | 'links'>,
  conversationId: string,
  since: number,
): Promise<Changes | Reset | undefined> {
  const [row] = await query<Row>(database.em, CHANGES, [conversationId, since, MAX_CHANGES, SMALL_GROUP]);
  if (row === undefined) return undefined;
  const position = { rev: row.rev, lastSeq: row.last_seq, memberCount: row.member_count };
  const missed = row.rev - since;
  if (missed < 0 || missed > MAX_CHANGES) return { reset: true, ...position };
  const { number, kind, name, description, visibility, avatar } = row;
  return {
    reset: false,
    ...position,
    messages: row.messages?.map((message) => links.inMessage(message)) ?? [],
    members: row.members ?? [],
    marks: row.marks ?? [],
    conversation:
      row.info_rev > since
        ? { id: conversationId, number, kind, name, description, visibility, avatar }
        : null,
  };
}

/**
 * The changes as the events that were missed. What is applied halfway is not a position: all but the last
 * carry `since`, so a connection that breaks in between loses nothing.
 */
export function eventsOf(conversationId: string, changes: Changes | Reset, since: Position): KeptEvent[] {
  if (changes.reset) return [{ type: 'reset', conversationId, rev: changes.rev }];
  const { memberCount } = changes;
  const at = { conversationId, rev: since.rev };
  const events: KeptEvent[] = [];
  if (changes.conversation) events.push({ type: 'conversation', ...at, conversation: changes.conversation });
  for (const member of changes.members) events.push({ type: 'member', ...at, member, memberCount });
  if (changes.marks.length > 0) events.push({ type: 'mark', ...at, marks: changes.marks });
  for (const message of changes.messages) {
    events.push({ type: message.seq > since.lastSeq ? 'message' : 'changed', ...at, message });
  }
  const last = events.at(-1);
  if (last) last.rev = changes.rev;
  return events;
}
