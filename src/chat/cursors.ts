import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { findChanges } from './changes.ts';
import { Cursor, type CursorOptions } from './cursor.ts';

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
  readonly #repair: Pick<CursorOptions, 'readChanges' | 'onError'>;

  constructor(database: Database, onError: (error: unknown) => void) {
    this.#repair = { readChanges: (id, since) => findChanges(database, id, since), onError };
  }

  open(position: Omit<CursorOptions, 'readChanges' | 'onError'>): Cursor {
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
}
