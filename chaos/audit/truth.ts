import pg from 'pg';
import type { Mark, Message } from '../client/wire.ts';

/** One conversation as the database holds it. */
export interface Stored {
  readonly rev: number;
  readonly lastSeq: number;
  /** In the order of `seq`. */
  readonly messages: readonly Message[];
  readonly marks: readonly Mark[];
}

export type Truth = ReadonlyMap<string, Stored>;

export interface Position {
  readonly rev: number;
  /** Of the last change that is not a mark: of a large group's marks an inbox hears its own only. */
  readonly revWithoutMarks: number;
}

interface ConversationRow extends Position {
  readonly id: string;
  readonly lastSeq: number;
}

const MESSAGES = `
  select conversation_id as "conversationId", seq, id::float8 as id, rev, sender_id as "senderId",
    client_id as "clientId", text, edited_at::text as "editedAt", deleted_at::text as "deletedAt"
  from message where conversation_id = any($1) order by seq`;
const MARKS = `
  select conversation_id as "conversationId", user_id as "userId", delivered_seq as "deliveredSeq",
    read_seq as "readSeq"
  from membership where conversation_id = any($1) and left_at is null`;
const POSITIONS = `
  select c.id, c.rev, c.last_seq as "lastSeq", greatest(c.info_rev,
    (select max(m.rev) from message m where m.conversation_id = c.id),
    (select max(ms.place_rev) from membership ms where ms.conversation_id = c.id)
  ) as "revWithoutMarks"
  from conversation c where c.id = any($1)`;
const ONLINE = 'select distinct user_id as "userId" from live_user';

/** Looks into the database itself, past the server. A connection for each look: the last one may be gone. */
export class Database {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async positions(conversationIds: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const rows = await this.#query<ConversationRow>(POSITIONS, [conversationIds]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async truth(conversationIds: readonly string[]): Promise<Truth> {
    const [conversations, messages, marks] = await Promise.all([
      this.#query<ConversationRow>(POSITIONS, [conversationIds]),
      this.#query<Message & { conversationId: string }>(MESSAGES, [conversationIds]),
      this.#query<Mark & { conversationId: string }>(MARKS, [conversationIds]),
    ]);
    const messagesOf = Map.groupBy(messages, (message) => message.conversationId);
    const marksOf = Map.groupBy(marks, (mark) => mark.conversationId);
    return new Map(
      conversations.map(({ id, rev, lastSeq }) => [
        id,
        { rev, lastSeq, messages: messagesOf.get(id) ?? [], marks: marksOf.get(id) ?? [] },
      ]),
    );
  }

  /** Whom the database takes to be online. */
  async online(): Promise<ReadonlySet<string>> {
    const rows = await this.#query<{ userId: string }>(ONLINE, []);
    return new Set(rows.map(({ userId }) => userId));
  }

  async #query<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.#url });
    // Told of a connection that ends between two queries, too; the query itself fails anyway.
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }
}
