import type { Stored } from './target.ts';

/** What must be zero. */
export interface Faults {
  /** Acknowledged, but not in the history, or there at another `seq` than the acknowledgement said. */
  lost: number;
  /** The same `clientId` twice in a history, or the same message shown twice to one person. */
  doubled: number;
  /** Places where a history's `seq` does not go 1, 2, 3, … */
  gaps: number;
  /** Acknowledged, but never shown to somebody who was connected. */
  unseen: number;
}

export const noFaults: Faults = { lost: 0, doubled: 0, gaps: 0, unseen: 0 };

export function addFaults(one: Faults, other: Faults): Faults {
  return {
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    gaps: one.gaps + other.gaps,
    unseen: one.unseen + other.unseen,
  };
}

/** What the server promised the senders of one conversation, to be held against what it stored and showed. */
export class Ledger {
  readonly conversationId: string;
  /** clientId → seq */
  readonly acknowledged = new Map<string, number>();
  readonly #readers: Reader[] = [];

  constructor(conversationId: string) {
    this.conversationId = conversationId;
  }

  reader(personId: string): Reader {
    const reader = new Reader(personId);
    this.#readers.push(reader);
    return reader;
  }

  /** Whether every reader was shown everything that others were acknowledged. */
  allSeen(): boolean {
    return this.#readers.every((reader) => this.#unseenBy(reader) === 0);
  }

  audit(history: readonly Stored[]): Faults {
    const faults = { ...noFaults };
    const stored = new Map<string, number>();
    let last = 0;
    for (const { seq, clientId } of history) {
      if (seq !== last + 1) faults.gaps++;
      last = seq;
      if (clientId === null) continue;
      if (stored.has(clientId)) faults.doubled++;
      stored.set(clientId, seq);
    }
    for (const [clientId, seq] of this.acknowledged) if (stored.get(clientId) !== seq) faults.lost++;
    for (const reader of this.#readers) {
      faults.doubled += reader.doubled;
      faults.unseen += this.#unseenBy(reader);
    }
    return faults;
  }

  #unseenBy(reader: Reader): number {
    let unseen = 0;
    for (const seq of this.acknowledged.values()) if (!reader.has(seq) && !reader.wrote.has(seq)) unseen++;
    return unseen;
  }
}

/** What one person was shown of one conversation. */
export class Reader {
  readonly personId: string;
  /** The seqs of their own messages: a server need not show those. */
  readonly wrote = new Set<number>();
  doubled = 0;
  #seen = new Uint8Array(1024);

  constructor(personId: string) {
    this.personId = personId;
  }

  has(seq: number): boolean {
    return this.#seen[seq] === 1;
  }

  saw(seq: number): void {
    if (seq >= this.#seen.length) {
      const larger = new Uint8Array(Math.max(seq + 1, this.#seen.length * 2));
      larger.set(this.#seen);
      this.#seen = larger;
    }
    if (this.#seen[seq] === 1) this.doubled++;
    this.#seen[seq] = 1;
  }
}
