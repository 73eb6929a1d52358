import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import type { Visit } from '../../socket-door.ts';

/** Somebody who polls, as the door sees them. Once they have a socket that one is counted, and this ends. */
export class Stay extends EventEmitter implements Visit {
  #connection: Socket['conn'] | undefined;

  get begun(): boolean {
    return this.#connection !== undefined;
  }

  begin(connection: Socket['conn']): void {
    this.#connection = connection;
    for (const event of ['upgrade', 'close'] as const) connection.once(event, () => this.end());
  }

  end(): void {
    this.emit('close');
  }

  destroy(): void {
    this.#connection?.close(true);
  }
}
