import type { Bus, BusPayload, Subscription } from '../../src/bus/bus.ts';

/** Drops, on purpose, whatever it is told to. The promise allows it: a bus carries hints, never the record. */
export class LossyBus implements Bus {
  drops: (topic: string, payload: BusPayload) => boolean = () => false;
  dropped = 0;
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  publish(topic: string, payload: BusPayload): void {
    if (this.drops(topic, payload)) this.dropped += 1;
    else this.#bus.publish(topic, payload);
  }

  subscribe(topic: string, listener: (payload: BusPayload) => void): Subscription {
    return this.#bus.subscribe(topic, listener);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

/** The same sequence in every run (mulberry32): a failure can be looked at again. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
