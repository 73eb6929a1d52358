import { once } from 'node:events';
import { Packr } from 'msgpackr';
import { WebSocket } from 'ws';
import type { FrameCache } from './frame-cache.ts';
import type { Acknowledgement, Arrival, Link, Listener, Outgoing } from './target.ts';

interface Waiting {
  resolve(answer: Acknowledgement): void;
  reject(error: Error): void;
}

const packr = new Packr({ useRecords: false });

export async function joinReference(
  base: string,
  path: string,
  cache: FrameCache | undefined,
  listener: Listener,
): Promise<Link> {
  const socket = new WebSocket(base.replace('http', 'ws') + path, { perMessageDeflate: false });
  const link = new ReferenceLink(socket, listener, cache);
  await once(socket, 'open');
  return link;
}

/** As close to the raw Parlour client as the missing frame header allows, so that both cost about the same. */
class ReferenceLink implements Link {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #listener: Listener;
  readonly #cache: FrameCache | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #cursor = 0;
  #nextRequest = 0;

  constructor(socket: WebSocket, listener: Listener, cache: FrameCache | undefined) {
    this.#socket = socket;
    this.#listener = listener;
    this.#cache = cache;
    socket.on('message', (frame: Buffer) => this.#receive(frame));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code: number) => {
        for (const waiting of this.#waiting.values()) waiting.reject(new Error(`closed: ${code}`));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  send({ clientId, text }: Outgoing): Promise<Acknowledgement> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('not connected'));
    const id = this.#nextRequest++;
    const answer = new Promise<Acknowledgement>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#socket.send(packr.pack({ id, clientId, text }));
    return answer;
  }

  /** The reference keeps no marks. */
  async delivered(): Promise<void> {}

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #receive(frame: Buffer): void {
    const known = this.#cache?.find(frame, this.#cursor);
    if (known) {
      this.#cursor = known.position + 1;
      if (known.value) this.#listener(known.value);
      return;
    }
    const value = packr.unpack(frame) as Arrival | (Acknowledgement & { id: number });
    if ('message' in value) {
      if (this.#cache) this.#cursor = this.#cache.add(frame, value) + 1;
      this.#listener(value);
    } else {
      this.#waiting.get(value.id)?.resolve(value);
      this.#waiting.delete(value.id);
    }
  }
}
