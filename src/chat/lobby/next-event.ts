import { randomUUID } from 'node:crypto';
import { query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import type { MessageView } from '../events.ts';
import { LOBBY_CLAIM_MS, MAX_LOBBY_KEPT, MAX_LOBBY_WAITING } from '../limits.ts';
import type { UnlinkedMessage } from '../media/media-links.ts';
import type { LobbyEventKind } from './log.ts';

/** What is next for one visitor. It stays theirs until it is settled, which moves them past it. */
export type Claimed = {
  readonly claim: string;
  readonly groupName: string;
} & (
  | {
      readonly kind: LobbyEventKind;
      readonly position: number;
      /** How many frames of it have been shown, on a wire that makes several of one event. */
      readonly shownParts: number;
      readonly userId: string | null;
      readonly name: string;
      readonly at: Date;
    }
  | {
      readonly kind: 'message';
      readonly conversationId: string;
      readonly seatId: number;
      readonly message: MessageView;
    }
);

/** `busy`: another request holds what is next. `gone`: this session is not in the lobby any more. */
export type NextEvent = Claimed | 'nothing' | 'busy' | 'dropped' | 'gone';

interface Row {
  readonly free: boolean;
  readonly waiting: number;
  readonly kind: LobbyEventKind | 'message' | null;
  readonly position: number;
  readonly shown_parts: number;
  readonly user_id: string | null;
  readonly name: string | null;
  readonly group_name: string | null;
  readonly conversation_id: string;
  readonly at_ms: number;
  readonly seat_id: number;
  readonly message: UnlinkedMessage;
}

const CLAIM = 'select * from claim_lobby_event($1, $2, $3)';

/** Claims what is next, so that no other request shows it. Too much of it is dropped altogether. */
export async function claimNext(
  chat: Pick<Chat, 'database' | 'links'>,
  sessionId: string,
): Promise<NextEvent> {
  const claim = randomUUID();
  const [row] = await query<Row>(chat.database.em, CLAIM, [sessionId, claim, LOBBY_CLAIM_MS]);
  if (row === undefined) return 'gone';
  if (!row.free) return 'busy';
  if (row.waiting > MAX_LOBBY_WAITING && (await isTooMuch(chat, sessionId))) {
    await dropAll(chat, sessionId);
    return 'dropped';
  }
  if (row.kind === null) return 'nothing';
  const groupName = row.group_name ?? '';
  if (row.kind === 'message') {
    const message = chat.links.inMessage(row.message);
    return {
      claim,
      groupName,
      kind: row.kind,
      conversationId: row.conversation_id,
      seatId: row.seat_id,
      message,
    };
  }
  return {
    claim,
    groupName,
    kind: row.kind,
    position: row.position,
    shownParts: row.shown_parts,
    userId: row.user_id,
    name: row.name ?? '',
    at: new Date(row.at_ms),
  };
}

export interface Settlement {
  /** There are frames of this event that have not been shown yet. */
  readonly more: boolean;
}

/** It was written to its visitor, and is over. */
export async function settle(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
  claimed: Claimed,
  { more }: Settlement,
): Promise<void> {
  if (claimed.kind === 'message') {
    await query(
      database.em,
      `with visit as (${release} returning session_id)
       update lobby_seat set shown_seq = greatest(shown_seq, $4::int)
       where id = $3::float8 and session_id in (select session_id from visit)`,
      [sessionId, claimed.claim, claimed.seatId, claimed.message.seq],
    );
    return;
  }
  const [position, parts] = more ? [claimed.position - 1, claimed.shownParts + 1] : [claimed.position, 0];
  await query(
    database.em,
    `${release.replace('set ', 'set position = $3::float8, shown_parts = $4::int, ')}`,
    [sessionId, claimed.claim, position, parts],
  );
}

const release = `update lobby_visit set claim = null, claimed_until = null where session_id = $1 and claim = $2`;

/** It could not be written: whoever asks next gets it. */
export async function giveBack(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
  { claim }: Claimed,
): Promise<void> {
  await query(database.em, release, [sessionId, claim]);
}

/** Counted one by one, for the position tells of events of others' groups, too. */
const COUNT = `
  select (v.position < l.position - $3::int) or (
    (select count(*) from (
      select 1 from lobby_event e where e.position > v.position and (e.conversation_id is null or exists (
        select 1 from lobby_seat s where s.session_id = v.session_id and s.conversation_id = e.conversation_id
          and e.position > s.since_position and (s.until_position is null or e.position <= s.until_position)
      )) limit $2::int + 1) e)
    + coalesce((
      select sum(coalesce(s.until_seq, c.last_seq) - s.shown_seq) from lobby_seat s
      join conversation c on c.id = s.conversation_id where s.session_id = v.session_id
    ), 0) > $2::int
  ) as much
  from lobby_visit v, lobby l where v.session_id = $1`;

async function isTooMuch({ database }: Pick<Chat, 'database'>, sessionId: string): Promise<boolean> {
  const limits = [MAX_LOBBY_WAITING, MAX_LOBBY_KEPT];
  const [row] = await query<{ much: boolean }>(database.em, COUNT, [sessionId, ...limits]);
  return row?.much ?? false;
}

/** From here on they hear again what happens. */
async function dropAll({ database }: Pick<Chat, 'database'>, sessionId: string): Promise<void> {
  await database.em.fork().transactional(async (em) => {
    await query(
      em,
      `update lobby_visit set position = (select position from lobby), shown_parts = 0, claim = null,
         claimed_until = null where session_id = $1`,
      [sessionId],
    );
    await query(em, 'delete from lobby_seat where session_id = $1 and until_position is not null', [
      sessionId,
    ]);
    await query(
      em,
      `update lobby_seat s set shown_seq = c.last_seq from conversation c
       where c.id = s.conversation_id and s.session_id = $1`,
      [sessionId],
    );
  });
}
