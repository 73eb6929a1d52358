import { type EntityManager, query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import { topics } from '../events.ts';

/** Of people: come, gone, into a group, out of a group. Of public groups: there, gone. */
export type LobbyEventKind = 'arrived' | 'departed' | 'joined' | 'left' | 'opened' | 'closed';

/** What `joined` and `left` are about; nobody else hears of them. */
export interface InGroup {
  readonly conversationId: string;
  readonly groupName: string;
  /** What had been said in it by then. */
  readonly afterSeq: number;
}

export interface Somebody {
  readonly userId: string;
  /** As they were called then. */
  readonly name: string;
}

export type NewLobbyEvent =
  | ({ readonly kind: 'arrived' | 'departed' } & Somebody)
  | ({ readonly kind: 'joined' | 'left' } & Somebody & InGroup)
  | { readonly kind: 'opened' | 'closed'; readonly groupName: string };

type Columns = { readonly kind: LobbyEventKind } & Partial<Somebody & InGroup>;

const APPEND = `
  with taken as (
    update lobby set position = position + cardinality($1::text[]) returning position - cardinality($1::text[]) as before
  )
  insert into lobby_event (position, kind, user_id, name, conversation_id, group_name, after_seq, at)
  select t.before + e.n, e.kind, e.user_id, e.name, e.conversation_id, e.group_name, e.after_seq,
    date_trunc('milliseconds', clock_timestamp())
  from taken t, unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::int[])
    with ordinality as e(kind, user_id, name, conversation_id, group_name, after_seq, n)
  returning position::float8`;

/**
 * The last thing that a transaction does, for all others who add something wait for its end. Before it, whatever
 * else it locks: groups in the order of their ids come first. Answers the position of the last one.
 */
export async function appendToLobby(em: EntityManager, events: readonly NewLobbyEvent[]): Promise<number> {
  await em.flush();
  const columns: readonly Columns[] = events;
  const rows = await query<{ position: number }>(em, APPEND, [
    columns.map((each) => each.kind),
    columns.map((each) => each.userId ?? null),
    columns.map((each) => each.name ?? null),
    columns.map((each) => each.conversationId ?? null),
    columns.map((each) => each.groupName ?? null),
    columns.map((each) => each.afterSeq ?? null),
  ]);
  return Math.max(...rows.map((row) => row.position));
}

/** After the commit: those whom it concerns look what there is. Without a group it concerns everybody. */
export function hintToLobby(chat: Pick<Chat, 'bus'>, conversationId?: string): void {
  const hint: LobbyHint = conversationId === undefined ? {} : { conversationId };
  chat.bus.publish(topics.lobby, hint);
}

export interface LobbyHint {
  readonly conversationId?: string;
}
