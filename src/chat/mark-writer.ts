import { type Database, query } from '../entities/database.ts';
import type { Announcer, ConversationAt } from './announcer.ts';
import { Batcher } from './batcher.ts';
import { ChatError } from './errors.ts';
import type { MarkView } from './events.ts';
import { MAX_BATCH, MAX_QUEUED } from './limits.ts';

export interface MarkMove {
  readonly conversationId: string;
  readonly userId: string;
  /** 0 leaves a mark where it is. */
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

interface Row {
  readonly outcome: 'moved' | 'kept';
  readonly conversation_id: string;
  readonly user_id: string;
  readonly delivered_seq: number;
  readonly read_seq: number;
  readonly rev: number;
  readonly members_rev: number;
  readonly member_count: number;
}

const MOVE = 'select * from move_marks($1, $2, $3, $4)';

/** Moves marks in batches: a group whose hundred members all read is one change, not a hundred. */
export class MarkWriter {
  readonly #database: Database;
  readonly #announcer: Announcer;
  readonly #batcher: Batcher<MarkMove, MarkView | undefined>;

  constructor(database: Database, announcer: Announcer) {
    this.#database = database;
    this.#announcer = announcer;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED,
      commit: (moves) => this.#commit(moves),
      isPoison: () => false,
      refusal: () => new ChatError('unavailable', 'the mark was not moved; try again'),
    });
  }

  /** Where the marks stand now, after the commit. */
  async move(move: MarkMove): Promise<MarkView> {
    const mark = await this.#batcher.add(move);
    if (mark === undefined) throw new ChatError('not_found', 'no such conversation');
    return mark;
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }

  async #commit(moves: readonly MarkMove[]): Promise<(MarkView | undefined)[]> {
    const merged = merge(moves);
    const rows = await query<Row>(this.#database.em, MOVE, [
      merged.map((move) => move.conversationId),
      merged.map((move) => move.userId),
      merged.map((move) => move.deliveredSeq),
      merged.map((move) => move.readSeq),
    ]);
    await this.#announce(rows.filter((row) => row.outcome === 'moved'));
    const marks = new Map(rows.map((row) => [row.conversation_id + row.user_id, markOf(row)]));
    return moves.map((move) => marks.get(move.conversationId + move.userId));
  }

  async #announce(rows: readonly Row[]): Promise<void> {
    const changes = new Map<string, { at: ConversationAt; rev: number; marks: MarkView[] }>();
    for (const row of rows) {
      const conversationId = row.conversation_id;
      const change = changes.get(conversationId) ?? {
        at: { conversationId, membersRev: row.members_rev, memberCount: row.member_count },
        rev: row.rev,
        marks: [],
      };
      change.marks.push(markOf(row));
      changes.set(conversationId, change);
    }
    await this.#announcer.prepare([...changes.values()].map((change) => change.at));
    for (const { at, rev, marks } of changes.values()) {
      this.#announcer.announce(at, { type: 'mark', conversationId: at.conversationId, rev, marks });
    }
  }
}

function markOf(row: Row): MarkView {
  return { userId: row.user_id, deliveredSeq: row.delivered_seq, readSeq: row.read_seq };
}

/** One row per person and conversation: an UPDATE … FROM must not meet the same row twice. */
function merge(moves: readonly MarkMove[]): MarkMove[] {
  const merged = new Map<string, MarkMove>();
  for (const move of moves) {
    const key = move.conversationId + move.userId;
    const other = merged.get(key);
    merged.set(key, {
      ...move,
      deliveredSeq: Math.max(move.deliveredSeq, other?.deliveredSeq ?? 0),
      readSeq: Math.max(move.readSeq, other?.readSeq ?? 0),
    });
  }
  return [...merged.values()];
}
