import type { PassingEvent } from './events.ts';
import { MAX_TOLD_PRESENCE, READING_MS } from './limits.ts';

type PresenceEvent = Extract<PassingEvent, { type: 'presence' }>;

/**
 * Who faces were last told to be online. The bus tells of every coming and going, and the position check tells
 * it again for those who were not told: this lets through what is news to them.
 */
export class ToldPresence {
  readonly #told = new Map<string, boolean>();
  #readBy = 0;

  /**
   * A face that has just come reads for itself who is online. What it is told meanwhile it may overwrite with
   * what it read, so nothing counts as told until it has surely finished.
   */
  expectReader(): void {
    this.#told.clear();
    this.#readBy = performance.now() + READING_MS;
  }

  /** They are new to the faces, who do not know yet. */
  forget(userId: string): void {
    this.#told.delete(userId);
  }

  isNews({ userId, online }: PresenceEvent): boolean {
    if (this.#told.get(userId) === online) return false;
    if (performance.now() < this.#readBy) return true;
    this.#told.set(userId, online);
    // Forgetting somebody only means telling of them once too often.
    if (this.#told.size > MAX_TOLD_PRESENCE) this.#told.delete(this.#told.keys().next().value!);
    return true;
  }
}
