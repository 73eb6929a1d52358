import type { Missed, Position } from './changes.ts';
import type { KeptEvent } from './events.ts';
import { HOLE_PATIENCE_MS, MAX_WAITING_EVENTS } from './limits.ts';

export interface CursorOptions {
  readonly conversationId: string;
  readonly rev: number;
  readonly lastSeq: number;
  /** Called in order, without holes: what follows `rev` first. */
  readonly deliver: (event: KeptEvent) => void;
  readonly readMissed: (conversationId: string, since: Position) => Promise<Missed | undefined>;
  readonly onError: (error: unknown) => void;
}

/**
 * How far somebody has been shown one conversation. Events come in from the bus, which may lose, repeat and
 * reorder between nodes; what goes out is each change once, in order. A hole is waited for a moment, because
 * two nodes' hints often cross, and then filled from the database.
 */
export class Cursor {
  readonly #options: CursorOptions;
  #rev: number;
  #lastSeq: number;
  #waiting: Map<number, KeptEvent> | undefined;
  #patience: NodeJS.Timeout | undefined;
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(options: CursorOptions) {
    this.#options = options;
    this.#rev = options.rev;
    this.#lastSeq = options.lastSeq;
  }

  get rev(): number {
    return this.#rev;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get conversationId(): string {
    return this.#options.conversationId;
  }

  accept(event: KeptEvent): void {
    if (event.rev <= this.#rev || this.#closed) return;
    if (event.rev === this.#rev + 1 && this.#filling === undefined) {
      this.#deliver(event);
      if (this.#waiting !== undefined) this.#deliverWaiting();
      return;
    }
    this.#waiting ??= new Map();
    if (this.#waiting.size < MAX_WAITING_EVENTS) this.#waiting.set(event.rev, event);
    this.#patience ??= setTimeout(() => void this.fill(), HOLE_PATIENCE_MS);
  }

  /** Reads what was missed, if anything was; settles when it has been delivered. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
      this.#deliverWaiting();
    });
    return this.#filling;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#patience);
    this.#waiting = undefined;
  }

  async #fill(): Promise<void> {
    this.#stopWaiting();
    const since = { rev: this.#rev, lastSeq: this.#lastSeq };
    try {
      const missed = await this.#options.readMissed(this.conversationId, since);
      if (missed === undefined || missed.rev === since.rev || this.#closed) return;
      for (const event of missed.events) {
        this.#deliver(event);
        // Showing somebody their own removal ends their cursor: what came after it is not for them.
        if (this.#closed) return;
      }
      this.#rev = missed.rev;
      this.#lastSeq = missed.lastSeq;
    } catch (error) {
      // The position check comes by again; until then what waits keeps waiting.
      this.#options.onError(error);
    }
  }

  #deliver(event: KeptEvent): void {
    this.#rev = event.rev;
    if (event.type === 'message' && event.message.seq > this.#lastSeq) this.#lastSeq = event.message.seq;
    this.#options.deliver(event);
  }

  #deliverWaiting(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#closed) return;
    for (const rev of waiting.keys()) if (rev <= this.#rev) waiting.delete(rev);
    for (let next = waiting.get(this.#rev + 1); next !== undefined; next = waiting.get(this.#rev + 1)) {
      waiting.delete(next.rev);
      this.#deliver(next);
    }
    if (waiting.size > 0) {
      this.#patience ??= setTimeout(() => void this.fill(), HOLE_PATIENCE_MS);
      return;
    }
    this.#stopWaiting();
    this.#waiting = undefined;
  }

  #stopWaiting(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}
