import { type Database, query, sqlState } from '../entities/database.ts';
import type { StoredAttachment } from '../entities/types.ts';
import type { Announcer, ConversationAt } from './announcer.ts';
import { Batcher } from './batcher.ts';
import { ChatError } from './errors.ts';
import type { MessageView } from './events.ts';
import { MAX_BATCH, MAX_QUEUED } from './limits.ts';
import type { MediaLinks } from './media/media-links.ts';

export interface NewMessage {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string | null;
  readonly text: string;
  readonly replyTo: number | null;
  /** Ids of what the sender has uploaded and not attached yet. */
  readonly attachments: readonly string[];
}

/** What the sender is told once the message is committed. */
export interface SentMessage {
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  /** ISO 8601, UTC. */
  readonly sentAt: string;
  /** True when this `clientId` had been stored before; the other fields are the stored message's. */
  readonly duplicate: boolean;
}

type Outcome = 'stored' | 'duplicate' | 'not_found' | 'blocked' | 'bad_reply' | 'no_attachment';

interface Row {
  readonly n: number;
  readonly outcome: Outcome;
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  readonly sent_ms: number;
  readonly members_rev: number;
  readonly member_count: number;
  readonly stored_conversation: string | null;
  readonly attachments: readonly StoredAttachment[] | null;
}

const APPEND = 'select * from append_messages($1, $2, $3, $4, $5, $6)';

/** The one way into the history: everything this node sends, of all conversations, batch by batch. */
export class MessageWriter {
  readonly #database: Database;
  readonly #announcer: Announcer;
  readonly #links: MediaLinks;
  readonly #batcher: Batcher<NewMessage, SentMessage | ChatError>;
  #stored = 0;

  constructor(database: Database, announcer: Announcer, links: MediaLinks) {
    this.#database = database;
    this.#announcer = announcer;
    this.#links = links;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED,
      commit: (messages) => this.#commit(messages),
      isPoison,
      refusal: (error) =>
        isPoison(error)
          ? new ChatError('bad_request', 'this message cannot be stored')
          : new ChatError(
              'unavailable',
              'not known whether it was stored; send it again with the same clientId',
            ),
    });
  }

  /** Settles after the commit. */
  async append(message: NewMessage): Promise<SentMessage> {
    const result = await this.#batcher.add(message);
    if (result instanceof ChatError) throw result;
    return result;
  }

  /** Messages that this node has committed since it started. */
  get stored(): number {
    return this.#stored;
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }

  async #commit(messages: readonly NewMessage[]): Promise<(SentMessage | ChatError)[]> {
    const { first, repeats } = withoutRepeats(messages);
    const rows = await query<Row>(this.#database.em, APPEND, [
      first.map((message) => message.conversationId),
      first.map((message) => message.senderId),
      first.map((message) => message.clientId),
      first.map((message) => message.text),
      first.map((message) => message.replyTo),
      first.map((message) => (message.attachments.length > 0 ? JSON.stringify(message.attachments) : null)),
    ]);
    rows.sort((one, other) => one.n - other.n);
    await this.#announcer.prepare(conversationsOf(first, rows));
    const results = rows.map((row, index) => this.#settle(first[index]!, row));
    if (repeats === undefined) return results;
    return repeats.map(({ index, repeated }) => asRepeat(results[index]!, repeated));
  }

  #settle(message: NewMessage, row: Row): SentMessage | ChatError {
    switch (row.outcome) {
      case 'stored': {
        this.#stored += 1;
        const sent = {
          id: row.id,
          seq: row.seq,
          rev: row.rev,
          sentAt: isoTime(row.sent_ms),
          duplicate: false,
        };
        const { conversationId } = message;
        this.#announcer.announce(
          { conversationId, membersRev: row.members_rev, memberCount: row.member_count },
          { type: 'message', conversationId, rev: row.rev, message: this.#viewOf(message, sent, row) },
        );
        return sent;
      }
      case 'duplicate':
        return row.stored_conversation === message.conversationId
          ? { id: row.id, seq: row.seq, rev: row.rev, sentAt: isoTime(row.sent_ms), duplicate: true }
          : new ChatError('conflict', 'this clientId was used in another conversation');
      case 'blocked':
        return new ChatError('blocked', 'one of you blocks the other');
      case 'bad_reply':
        return new ChatError('bad_request', 'replyTo names no message of this conversation');
      case 'no_attachment':
        return new ChatError('bad_request', 'attachments: not uploaded by you, or attached already');
      case 'not_found':
        return new ChatError('not_found', 'no such conversation');
    }
  }

  #viewOf(message: NewMessage, sent: SentMessage, { attachments }: Row): MessageView {
    return this.#links.inMessage({
      id: sent.id,
      seq: sent.seq,
      rev: sent.rev,
      senderId: message.senderId,
      clientId: message.clientId,
      text: message.text,
      attachments: attachments ?? [],
      replyTo: message.replyTo,
      sentAt: sent.sentAt,
      editedAt: null,
      deletedAt: null,
    });
  }
}

/** Class 22 is bad data, 23 a broken constraint, 54 a program limit: one message's doing, all of them. */
function isPoison(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}

interface Repeat {
  /** Where the answer stands. */
  readonly index: number;
  readonly repeated: boolean;
}

/**
 * A client that sends again before it has its answer can have both copies in one batch, where neither is
 * stored yet: the second one shares the first one's fate.
 */
function withoutRepeats(messages: readonly NewMessage[]): {
  first: readonly NewMessage[];
  repeats: Repeat[] | undefined;
} {
  const places = new Map<string, number>();
  const first: NewMessage[] = [];
  const repeats: Repeat[] = [];
  for (const message of messages) {
    const key = message.clientId === null ? undefined : message.senderId + message.clientId;
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined && first[place]!.conversationId === message.conversationId) {
      repeats.push({ index: place, repeated: true });
      continue;
    }
    if (key !== undefined) places.set(key, first.length);
    repeats.push({ index: first.length, repeated: false });
    first.push(message);
  }
  return first.length === messages.length ? { first: messages, repeats: undefined } : { first, repeats };
}

function asRepeat(result: SentMessage | ChatError, repeated: boolean): SentMessage | ChatError {
  return repeated && !(result instanceof ChatError) ? { ...result, duplicate: true } : result;
}

function conversationsOf(messages: readonly NewMessage[], rows: readonly Row[]): ConversationAt[] {
  const seen = new Map<string, ConversationAt>();
  for (const [index, row] of rows.entries()) {
    const { conversationId } = messages[index]!;
    if (row.outcome !== 'stored' || seen.has(conversationId)) continue;
    seen.set(conversationId, { conversationId, membersRev: row.members_rev, memberCount: row.member_count });
  }
  return [...seen.values()];
}

let lastTime = { ms: Number.NaN, iso: '' };

/** All messages of a batch have the same time, so the last one is nearly always the right one. */
function isoTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, iso: new Date(ms).toISOString() };
  return lastTime.iso;
}
