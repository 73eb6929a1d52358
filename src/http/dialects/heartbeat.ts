import type { WebSocket } from 'ws';

/** A socket that has not answered one of these when the next one is due is dead. */
const HEARTBEAT_MS = 25_000;

/** Asks every socket now and then whether it is still there: a line that was cut says nothing by itself. */
export class Heartbeat {
  readonly #awaited = new Map<WebSocket, boolean>();
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs = HEARTBEAT_MS) {
    this.#timer = setInterval(() => this.#beat(), everyMs);
    this.#timer.unref();
  }

  add(socket: WebSocket): void {
    const alive = (): void => void this.#awaited.set(socket, false);
    alive();
    socket.on('pong', alive);
    socket.on('message', alive);
    socket.once('close', () => this.#awaited.delete(socket));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    for (const [socket, awaited] of this.#awaited) {
      if (awaited) {
        socket.terminate();
        continue;
      }
      this.#awaited.set(socket, true);
      socket.ping();
    }
  }
}
