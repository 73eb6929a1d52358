import type { Socket } from 'socket.io';
import type { LineSocket } from '../line.ts';

/** The type of a Socket.IO packet that is an event. */
const EVENT = '2';

interface EnginePacket {
  readonly data?: unknown;
}

/** A Socket.IO client as something to write to; what it says is heard elsewhere. */
export class SocketIoLine implements LineSocket {
  readonly OPEN = 1;
  readonly isPaused = false;
  readonly #socket: Socket;
  #waiting = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // What nobody fetches stays with the engine, which counts pieces and not bytes.
    socket.conn.on('packetCreate', (packet: EnginePacket) => {
      this.#waiting += lengthOf(packet);
    });
    socket.conn.on('flush', (packets: readonly EnginePacket[]) => {
      for (const packet of packets) this.#waiting -= lengthOf(packet);
    });
  }

  get readyState(): number {
    return this.#socket.connected ? this.OPEN : 3;
  }

  get bufferedAmount(): number {
    return this.#waiting;
  }

  /** A frame is an event of the default namespace, put into JSON once for all clients. */
  send(frame: string): void {
    this.#socket.conn.write(EVENT + frame);
  }

  once(_event: 'close', listener: () => void): void {
    this.#socket.once('disconnect', () => listener());
  }

  on(): void {}
  pause(): void {}
  resume(): void {}

  /** Tells the client not to come back by itself. */
  close(): void {
    this.#socket.disconnect(true);
  }

  terminate(): void {
    this.#socket.conn.close(true);
  }
}

function lengthOf({ data }: EnginePacket): number {
  return typeof data === 'string' ? data.length : 0;
}
