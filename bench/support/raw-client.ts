import { decode, encode, type Iterator } from '@colyseus/schema';
import { Protocol, ResponseStatus } from '@colyseus/shared-types';
import { Packr, RESERVE_START_SPACE } from 'msgpackr';
import { WebSocket } from 'ws';
import type { FrameCache } from './frame-cache.ts';
import type { JsonClient } from './http.ts';
import type { Acknowledgement, Arrival, Link, Listener, Outgoing, Person } from './target.ts';

interface Seat {
  sessionId: string;
  roomId: string;
  processId: string;
  publicAddress?: string;
}

interface Waiting {
  since: number;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

const answerLimitMs = 15_000;
const joinLimitMs = 30_000;
const leaveLimitMs = 5_000;

/** One clock for all links: a timer per request would be a noticeable part of what a request costs here. */
const links = new Set<RawLink>();
setInterval(() => {
  for (const link of links) link.expire(performance.now() - answerLimitMs);
}, 1000).unref();

const packr = new Packr({ useRecords: false });
const header = Buffer.alloc(64);

/** Joins a room as the Colyseus SDK does, frame by frame, but leaves the room's state undecoded. */
export async function joinRaw(
  http: JsonClient,
  base: string,
  person: Person,
  room: { name: string; options: unknown; cache?: FrameCache },
  listener: Listener,
): Promise<Link> {
  const seat = await http.call<Seat>(`/matchmake/joinOrCreate/${room.name}`, {
    token: person.token,
    body: room.options,
  });
  const host = seat.publicAddress ? `ws://${seat.publicAddress}` : base.replace('http', 'ws');
  const query = `sessionId=${seat.sessionId}&_authToken=${person.token}`;
  const socket = new WebSocket(`${host}/${seat.processId}/${seat.roomId}?${query}`, {
    perMessageDeflate: false,
  });
  const link = new RawLink(socket, listener, room.cache);
  const limit = setTimeout(() => socket.terminate(), joinLimitMs);
  await link.joined;
  clearTimeout(limit);
  return link;
}

class RawLink implements Link {
  readonly joined: Promise<void>;
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #listener: Listener;
  readonly #cache: FrameCache | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #cursor = 0;
  #nextRequest = 0;
  #onJoined: () => void = () => {};
  #onFailed: (error: Error) => void = () => {};

  constructor(socket: WebSocket, listener: Listener, cache: FrameCache | undefined) {
    this.#socket = socket;
    this.#listener = listener;
    this.#cache = cache;
    this.joined = new Promise((resolve, reject) => {
      this.#onJoined = resolve;
      this.#onFailed = reject;
    });
    links.add(this);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code: number, reason: Buffer) => {
        links.delete(this);
        this.#failAll(new Error(`closed: ${code} ${reason.toString()}`));
        resolve();
      });
    });
    socket.on('error', (error) => this.#failAll(error));
    socket.on('message', (frame: Buffer) => this.#receive(frame));
  }

  async send(message: Outgoing): Promise<Acknowledgement> {
    return (await this.#request('send', message)) as Acknowledgement;
  }

  async delivered(seq: number, conversationId?: string): Promise<void> {
    await this.#request('delivered', { seq, ...(conversationId && { conversationId }) });
  }

  async close(): Promise<void> {
    // A bare close would be taken for a dropped connection, whose seat the room keeps for a while.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(Buffer.of(Protocol.LEAVE_ROOM));
    const limit = setTimeout(() => this.#socket.terminate(), leaveLimitMs);
    await this.closed;
    clearTimeout(limit);
  }

  /** Gives up on requests that were sent before `oldest`. */
  expire(oldest: number): void {
    for (const [id, { since, reject }] of this.#waiting) {
      if (since > oldest) return;
      this.#waiting.delete(id);
      reject(new Error(`no answer within ${answerLimitMs} ms`));
    }
  }

  #request(type: string, payload: object): Promise<unknown> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('not connected'));
    const id = this.#nextRequest++;
    const it: Iterator = { offset: 1 };
    header[0] = Protocol.ROOM_REQUEST;
    encode.number(header, id, it);
    encode.string(header, type, it);
    const frame = packr.pack(payload, RESERVE_START_SPACE | it.offset);
    header.copy(frame, 0, 0, it.offset);
    const answer = new Promise((resolve, reject) =>
      this.#waiting.set(id, { since: performance.now(), resolve, reject }),
    );
    this.#socket.send(frame);
    return answer;
  }

  #receive(frame: Buffer): void {
    switch (frame[0]! & 0x1f) {
      case Protocol.ROOM_DATA:
        this.#onData(frame);
        break;
      case Protocol.ROOM_RESPONSE:
        this.#onResponse(frame);
        break;
      case Protocol.JOIN_ROOM:
        this.#socket.send(Buffer.of(Protocol.JOIN_ROOM));
        this.#onJoined();
        break;
      case Protocol.ERROR: {
        const it: Iterator = { offset: 1 };
        const code = decode.number(frame, it);
        this.#failAll(new Error(`refused: ${code} ${decode.string(frame, it)}`));
      }
    }
  }

  #onData(frame: Buffer): void {
    const known = this.#cache?.find(frame, this.#cursor);
    if (known) {
      this.#cursor = known.position + 1;
      if (known.value) this.#listener(known.value);
      return;
    }
    const it: Iterator = { offset: 1 };
    const type = decode.stringCheck(frame, it) ? decode.string(frame, it) : '';
    const arrival = type === 'message' ? (packr.unpack(frame.subarray(it.offset)) as Arrival) : undefined;
    if (this.#cache) this.#cursor = this.#cache.add(frame, arrival) + 1;
    if (arrival) this.#listener(arrival);
  }

  #onResponse(frame: Buffer): void {
    const it: Iterator = { offset: 1 };
    const id = decode.number(frame, it);
    const status = frame[it.offset++];
    const payload = frame.byteLength > it.offset ? packr.unpack(frame.subarray(it.offset)) : undefined;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (status === ResponseStatus.OK) waiting?.resolve(payload);
    else waiting?.reject(new Error(`refused: ${JSON.stringify(payload)}`));
  }

  #failAll(error: Error): void {
    this.#onFailed(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
