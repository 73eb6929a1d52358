import { asFailure } from './failure.ts';
import { MARKS_MS } from './limits.ts';
import type { Line } from './line.ts';
import type { Snapshot, Store } from './types.ts';

export interface MarksNeeds {
  readonly store: Store<Snapshot>;
  readonly line: Pick<Line, 'request' | 'isUp'>;
}

/**
 * Says what has arrived and what was read, a few times a second at the most; what could not be said is said over the
 * next line. The marks themselves come back as events.
 */
export class Marks {
  readonly #needs: MarksNeeds;
  readonly #arrived = new Set<string>();
  readonly #read = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(needs: MarksNeeds) {
    this.#needs = needs;
  }

  arrived(conversationId: string): void {
    this.#arrived.add(conversationId);
    this.#soon();
  }

  read(conversationId: string, seq: number): void {
    const conversation = this.#needs.store.snapshot.conversations.get(conversationId);
    const known = Math.max(conversation?.readSeq ?? 0, this.#read.get(conversationId) ?? 0);
    if (seq <= known) return;
    this.#read.set(conversationId, seq);
    this.#soon();
  }

  /** After the lists have come, or a new line. */
  all(): void {
    for (const id of this.#needs.store.snapshot.conversations.keys()) this.#arrived.add(id);
    this.#soon();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#arrived.clear();
    this.#read.clear();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, MARKS_MS);
  }

  #tell(): void {
    const { line, store } = this.#needs;
    if (!line.isUp) return;
    for (const [conversationId, seq] of this.#read) {
      line.request('read', { conversationId, seq }).then(
        () => {
          if (this.#read.get(conversationId) === seq) this.#read.delete(conversationId);
        },
        // Kept, and said again with whatever is said next; if one is no longer there, there is nothing to say.
        (error: unknown) => {
          if (asFailure(error).isFinal) this.#read.delete(conversationId);
        },
      );
    }
    for (const conversationId of this.#arrived) {
      const conversation = store.snapshot.conversations.get(conversationId);
      // Who has read it all, or reads it right now, need not say that it has arrived.
      const { unreadCount = 0, deliveredSeq = 0, lastSeq = 0 } = conversation ?? {};
      if (unreadCount === 0 || deliveredSeq >= lastSeq || this.#read.get(conversationId) === lastSeq)
        continue;
      line.request('delivered', { conversationId, seq: lastSeq }).catch(() => {});
    }
    this.#arrived.clear();
  }
}
