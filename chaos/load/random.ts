/** Chance that is the same again for the same seed. Not for secrets. */
export class Random {
  #state: number;

  constructor(seed: string | number) {
    // FNV-1a: seeds that differ little give sequences that have nothing in common.
    let hash = 2_166_136_261;
    for (const character of String(seed)) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
    this.#state = hash >>> 0;
  }

  /** A sequence of its own, whatever the others take from theirs: what people do must not depend on who is faster. */
  fork(name: string): Random {
    return new Random(`${this.#state}/${name}`);
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Each>(list: readonly Each[]): Each {
    return list[this.between(0, list.length - 1)]!;
  }
}
