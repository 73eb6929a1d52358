import type { Cursor } from './cursor.ts';

/** All cursors of this node by conversation: what the position check compares with the database. */
export class Cursors {
  readonly #byConversation = new Map<string, Set<Cursor>>();

  add(cursor: Cursor): void {
    const cursors = this.#byConversation.get(cursor.conversationId) ?? new Set();
    this.#byConversation.set(cursor.conversationId, cursors.add(cursor));
  }

  delete(cursor: Cursor): void {
    cursor.close();
    const cursors = this.#byConversation.get(cursor.conversationId);
    cursors?.delete(cursor);
    if (cursors?.size === 0) this.#byConversation.delete(cursor.conversationId);
  }

  of(conversationId: string): Iterable<Cursor> {
    return this.#byConversation.get(conversationId) ?? [];
  }
}
