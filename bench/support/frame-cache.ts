import type { Arrival } from './target.ts';

const size = 256;
const lookAhead = 4;

interface Entry {
  position: number;
  frame: Buffer;
  value: Arrival | undefined;
}

/**
 * In a group of a hundred the same bytes arrive a hundred times in this one process, where in life a hundred
 * machines would decode them once each. Members of one conversation share this cache: whoever sees a frame first
 * decodes it, the others compare bytes with the frame that follows the one they saw last.
 */
export class FrameCache {
  readonly #entries: (Entry | undefined)[] = new Array(size);
  #end = 0;

  find(frame: Buffer, cursor: number): Entry | undefined {
    for (let position = cursor; position < this.#end && position < cursor + lookAhead; position++) {
      const entry = this.#entries[position % size];
      if (entry?.position === position && entry.frame.equals(frame)) return entry;
    }
    return undefined;
  }

  add(frame: Buffer, value: Arrival | undefined): number {
    const position = this.#end++;
    this.#entries[position % size] = { position, frame, value };
    return position;
  }
}

export class FrameCaches {
  readonly #caches = new Map<string, FrameCache>();

  of(conversationId: string): FrameCache {
    const known = this.#caches.get(conversationId);
    if (known) return known;
    const added = new FrameCache();
    this.#caches.set(conversationId, added);
    return added;
  }
}
