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

/** Seats by Colyseus session id; the same for all three rooms. */
export class Seats {
  readonly #chat: Pick<Chat, 'sessions' | 'presence'>;
  readonly #seats = new Map<string, Seat>();

  constructor(chat: Pick<Chat, 'sessions' | 'presence'>) {
    this.#chat = chat;
  }

  take(client: Client): Seat {
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
        if (this.#seats.get(client.sessionId) === seat) this.#seats.delete(client.sessionId);
      },
    };
    this.#seats.set(client.sessionId, seat);
    return seat;
  }

  of(client: Client): Seat | undefined {
    return this.#seats.get(client.sessionId);
  }

  holds(userId: string): boolean {
    for (const seat of this.#seats.values()) {
      if (callerOf(seat.face.client).userId === userId) return true;
    }
    return false;
  }
}
