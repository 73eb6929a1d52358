import { networkOf } from '../chat/address.ts';

/** How many sockets each address has open here. */
export class SocketCounts {
  readonly #most: number | undefined;
  readonly #counts = new Map<string, number>();

  /** Undefined lets everybody have as many as they like. */
  constructor(most: number | undefined) {
    this.#most = most;
  }

  /** The way to give it back; undefined when the address has enough. */
  take(address: string): (() => void) | undefined {
    if (this.#most === undefined) return () => {};
    const network = networkOf(address);
    const count = (this.#counts.get(network) ?? 0) + 1;
    if (count > this.#most) return undefined;
    this.#counts.set(network, count);
    return () => {
      const left = this.#counts.get(network)! - 1;
      if (left === 0) this.#counts.delete(network);
      else this.#counts.set(network, left);
    };
  }
}
