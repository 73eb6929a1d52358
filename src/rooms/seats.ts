import type { Client } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { ClientFace } from './client-face.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { callerOf } from './occupant.ts';

/** One client's hold on the core while it is connected: its session, its presence, its face. */
export interface Seat {
  readonly face: ClientFace;
  /** Gives everything back; calling it again does nothing. */
  leave(): void;
}

/**
 * Who sits where; the same for all three rooms. By client, not by Colyseus' session id: while an old line is being given
 * up, somebody who has come back over a new one has two clients with the same id.
 */
export class Seats {
  readonly #chat: Pick<Chat, 'sessions' | 'presence'>;
  readonly #seats = new Map<Client, Seat>();

  constructor(chat: Pick<Chat, 'sessions' | 'presence'>) {
    this.#chat = chat;
  }

  take(client: Client): Seat {
    this.#giveUpOldLine(client);
    const { userId, sessionId } = callerOf(client);
    const face = new ClientFace(client);
    const end = (): void => client.leave(CLOSE_CODES.ended, 'this session has ended');
    const forget = this.#chat.sessions.add(sessionId, { end });
    const disconnect = this.#chat.presence.connect(userId);
    const seat: Seat = {
      face,
      leave: () => {
        forget();
        disconnect();
        this.#seats.delete(client);
      },
    };
    this.#seats.set(client, seat);
    return seat;
  }

  of(client: Client): Seat | undefined {
    return this.#seats.get(client);
  }

  /** Whether this client's place was taken by a newer one of the same person. */
  hasSuccessor(client: Client): boolean {
    for (const other of this.#seats.keys())
      if (other !== client && other.sessionId === client.sessionId) return true;
    return false;
  }

  holds(userId: string): boolean {
    for (const seat of this.#seats.values()) {
      if (callerOf(seat.face.client).userId === userId) return true;
    }
    return false;
  }

  #giveUpOldLine(client: Client): void {
    for (const [other, { face }] of this.#seats) if (other.sessionId === client.sessionId) face.cutOff();
  }
}
