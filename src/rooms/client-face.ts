import { once } from 'node:events';
import { type Client, ClientState } from '@colyseus/core';
import type { WebSocket } from 'ws';
import type { ChatEvent } from '../chat/events.ts';
import type { Face } from '../chat/face.ts';
import { MAX_HELD_EVENTS, MAX_UNREAD_BYTES } from '../chat/limits.ts';
import { frameOf } from './frames.ts';
import { JOIN_PATIENCE_MS } from './limits.ts';

/**
 * One client of a room. While it is being sent what it missed, live events are held back, so that everything
 * arrives in order; a client that does not read is cut off before it costs the others anything.
 */
export class ClientFace implements Face {
  readonly client: Client;
  readonly #socket: WebSocket;
  /** The last `seq` of each conversation that was sent as unsent: its live event would be a repetition. */
  readonly #sentSeq = new Map<string, number>();
  #held: ChatEvent[] | undefined = [];

  constructor(client: Client) {
    this.client = client;
    this.#socket = client.ref as unknown as WebSocket;
  }

  get unreadBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /**
   * Settles when the client has confirmed that it joined; false if it never does. Until then Colyseus would
   * keep for it whatever is sent, without a limit.
   */
  async joined(): Promise<boolean> {
    try {
      while (this.client.state !== ClientState.JOINED && this.isOpen) {
        await once(this.#socket, 'message', { signal: AbortSignal.timeout(JOIN_PATIENCE_MS) });
      }
    } catch {
      this.cutOff();
    }
    return this.isOpen;
  }

  deliver(event: ChatEvent): void {
    if (this.#held === undefined) this.#send(event);
    else if (this.#held.length < MAX_HELD_EVENTS) this.#held.push(event);
    else this.cutOff();
  }

  /** Ahead of everything that is held back. */
  deliverUnsent(event: ChatEvent & { type: 'message' }): void {
    this.#sentSeq.set(event.conversationId, event.message.seq);
    this.#send(event);
  }

  /** From here on events pass straight through. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) {
      const repeats =
        event.type === 'message' && event.message.seq <= (this.#sentSeq.get(event.conversationId) ?? 0);
      if (!repeats) this.#send(event);
    }
    this.#sentSeq.clear();
  }

  /** Without a closing handshake: whoever does not read would not read that either. */
  cutOff(): void {
    this.#held = undefined;
    this.#socket.terminate();
  }

  #send(event: ChatEvent): void {
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.cutOff();
    else this.client.enqueueRaw(frameOf(event));
  }
}
