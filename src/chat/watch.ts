import type { Bus, Subscription } from '../bus/bus.ts';
import { type Database, query } from '../entities/database.ts';
import { findChanges } from './changes.ts';
import { Cursor } from './cursor.ts';
import type { Cursors } from './cursors.ts';
import { type ChatEvent, isKept, topics } from './events.ts';
import { deliverToAll, type Face } from './face.ts';

export interface WatchNeeds {
  readonly database: Database;
  readonly bus: Bus;
  readonly cursors: Cursors;
  readonly onError: (error: unknown) => void;
}

/** One conversation as this node sees it live, whoever looks on: one subscription, one position, many faces. */
export class Watch {
  readonly conversationId: string;
  readonly faces = new Set<Face>();
  readonly #needs: WatchNeeds;
  readonly #subscription: Subscription;
  readonly #early: ChatEvent[] = [];
  #cursor: Cursor | undefined;

  constructor(conversationId: string, needs: WatchNeeds) {
    this.conversationId = conversationId;
    this.#needs = needs;
    this.#subscription = needs.bus.subscribe(topics.conversation(conversationId), (payload) =>
      this.#accept(payload as ChatEvent),
    );
  }

  /** The position of the faces: they have been shown everything up to it. */
  get rev(): number {
    return this.#cursor?.rev ?? 0;
  }

  get lastSeq(): number {
    return this.#cursor?.lastSeq ?? 0;
  }

  /** Subscribed first, read after: what happens in between is heard, and dropped if it was read too. */
  async open(): Promise<void> {
    const { database, cursors, onError } = this.#needs;
    const [row] = await query<{ rev: number; last_seq: number }>(
      database.em,
      'select rev, last_seq from conversation where id = $1',
      [this.conversationId],
    );
    this.#cursor = new Cursor({
      conversationId: this.conversationId,
      rev: row?.rev ?? 0,
      lastSeq: row?.last_seq ?? 0,
      deliver: (event) => deliverToAll(this.faces, event),
      readChanges: (id, since) => findChanges(database, id, since),
      onError,
    });
    cursors.add(this.#cursor);
    for (const event of this.#early.splice(0)) this.#accept(event);
  }

  close(): void {
    this.#subscription.close();
    if (this.#cursor) this.#needs.cursors.delete(this.#cursor);
  }

  #accept(event: ChatEvent): void {
    if (!isKept(event)) deliverToAll(this.faces, event);
    else if (this.#cursor) this.#cursor.accept(event);
    else this.#early.push(event);
  }
}
