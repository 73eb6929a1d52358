import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { eventsOf, findChanges, type Missed, type Position } from './changes.ts';
import { Cursor, type CursorOptions } from './cursor.ts';
import type { MediaLinks } from './media/media-links.ts';

/** What feeds and watches are made of. */
export interface LiveNeeds {
  readonly database: Database;
  readonly bus: Bus;
  readonly cursors: Cursors;
  readonly onError: (error: unknown) => void;
}

const NONE: ReadonlySet<Cursor> = new Set();

/** All cursors of this node by conversation: what the position check compares with the database. */
export class Cursors {
  readonly #byConversation = new Map<string, Set<Cursor>>();
  readonly #needs: { readonly database: Database; readonly links: MediaLinks };
  readonly #repair: Pick<CursorOptions, 'readMissed' | 'onError'>;
  readonly #asked = new Map<string, Promise<Missed | undefined>>();

  constructor(database: Database, links: MediaLinks, onError: (error: unknown) => void) {
    this.#needs = { database, links };
    this.#repair = { readMissed: (id, since) => this.#readMissed(id, since), onError };
  }

  open(position: Omit<CursorOptions, 'readMissed' | 'onError'>): Cursor {
    const cursor = new Cursor({ ...position, ...this.#repair });
    const cursors = this.#byConversation.get(cursor.conversationId) ?? new Set();
    this.#byConversation.set(cursor.conversationId, cursors.add(cursor));
    return cursor;
  }

  delete(cursor: Cursor): void {
    cursor.close();
    const cursors = this.#byConversation.get(cursor.conversationId);
    cursors?.delete(cursor);
    if (cursors?.size === 0) this.#byConversation.delete(cursor.conversationId);
  }

  of(conversationId: string): IteratorObject<Cursor> {
    return (this.#byConversation.get(conversationId) ?? NONE).values();
  }

  /** Those that somebody here has open. */
  get conversations(): string[] {
    return [...this.#byConversation.keys()];
  }

  /**
   * Thousands may miss the same of one group. Whoever asks in the same turn of the event loop shares one reading:
   * it begins after all of them asked, so it holds what each was promised.
   */
  #readMissed(conversationId: string, since: Position): Promise<Missed | undefined> {
    const key = `${conversationId} ${since.rev} ${since.lastSeq}`;
    const asked = this.#asked.get(key);
    if (asked) return asked;
    const reading = nextTurn().then(async () => {
      this.#asked.delete(key);
      const changes = await findChanges(this.#needs, conversationId, since.rev);
      if (!changes) return undefined;
      const { rev, lastSeq } = changes;
      return { rev, lastSeq, events: eventsOf(conversationId, changes, since) };
    });
    this.#asked.set(key, reading);
    return reading;
  }
}
