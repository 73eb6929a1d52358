import type { Subscription } from '../bus/bus.ts';
import { query } from '../entities/database.ts';
import type { Cursor } from './cursor.ts';
import type { LiveNeeds } from './cursors.ts';
import { type ChatEvent, isKept, type KeptEvent, topics } from './events.ts';
import { deliverToAll, type Face } from './face.ts';
import { ToldPresence } from './told-presence.ts';

/** One conversation as this node sees it live, whoever looks on: one subscription, one position, many faces. */
export class Watch {
  readonly conversationId: string;
  readonly faces = new Set<Face>();
  readonly presence = new ToldPresence();
  readonly #needs: LiveNeeds;
  readonly #subscription: Subscription;
  readonly #early: ChatEvent[] = [];
  #cursor: Cursor | undefined;

  constructor(conversationId: string, needs: LiveNeeds) {
    this.conversationId = conversationId;
    this.#needs = needs;
    this.#subscription = needs.bus.subscribe(topics.conversation(conversationId), (payload) =>
      this.accept(payload as ChatEvent),
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
    const { database, cursors } = this.#needs;
    const [row] = await query<{ rev: number; last_seq: number }>(
      database.em,
      'select rev, last_seq from conversation where id = $1',
      [this.conversationId],
    );
    this.#cursor = cursors.open({
      conversationId: this.conversationId,
      rev: row?.rev ?? 0,
      lastSeq: row?.last_seq ?? 0,
      deliver: (event) => this.#deliver(event),
    });
    for (const event of this.#early.splice(0)) this.accept(event);
  }

  accept(event: ChatEvent): void {
    if (isKept(event)) {
      if (this.#cursor) this.#cursor.accept(event);
      else this.#early.push(event);
    } else if (event.type !== 'presence' || this.presence.isNews(event)) deliverToAll(this.faces, event);
  }

  close(): void {
    this.#subscription.close();
    if (this.#cursor) this.#needs.cursors.delete(this.#cursor);
  }

  #deliver(event: KeptEvent): void {
    deliverToAll(this.faces, event);
    // Whoever starts again reads who is online, too.
    if (event.type === 'member') this.presence.forget(event.member.userId);
    if (event.type === 'reset') this.presence.expectReader();
  }
}
