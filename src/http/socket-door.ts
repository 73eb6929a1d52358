import type { IncomingMessage } from 'node:http';
import { ChatError } from '../chat/errors.ts';
import type { ClientAddresses } from './client-address.ts';
import type { Readiness } from './health.ts';
import { SocketCounts } from './socket-counts.ts';

/** When it is worth trying again for who has too many sockets. */
const TOO_MANY_SECONDS = 10;

/** What comes in: a stream, or somebody who stays by asking again and again. */
export interface Visit {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

export interface SocketDoorOptions {
  readonly readiness: Readiness;
  readonly addresses: ClientAddresses;
  /** Undefined is as many as they like. */
  readonly socketsPerAddress: number | undefined;
}

/** Every socket of this node comes in here, whatever it will speak: how many there are, and that all end. */
export class SocketDoor {
  readonly #options: SocketDoorOptions;
  readonly #open = new Set<Visit>();
  readonly #counts: SocketCounts;
  #gone: PromiseWithResolvers<void> | undefined;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#counts = new SocketCounts(options.socketsPerAddress);
  }

  /** Throws for whom there is no room. `passedOn`: it carries the mark of a node of ours. */
  enter(request: IncomingMessage, socket: Visit, { passedOn = false } = {}): void {
    const { readiness, addresses } = this.#options;
    if (!readiness.accepting) throw new ChatError('unavailable', 'the server is stopping; try again');
    const giveBack = this.#counts.take(addresses.of(request, { passedOn }));
    if (giveBack === undefined) {
      const tooMany = 'too many sockets from your address';
      throw new ChatError('rate_limited', tooMany, undefined, TOO_MANY_SECONDS);
    }
    this.#open.add(socket);
    socket.once('close', () => {
      giveBack();
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#gone?.resolve();
    });
  }

  /** Settles when nobody is connected any more. */
  async allGone(): Promise<void> {
    if (this.#open.size === 0) return;
    this.#gone ??= Promise.withResolvers();
    await this.#gone.promise;
  }

  /** Cuts whoever is still connected. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
