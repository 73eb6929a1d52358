import { type AuthContext, type Client, Room } from '@colyseus/core';
import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import { ChatError } from '../chat/errors.ts';
import type { ChatEvent } from '../chat/events.ts';
import type { Feed } from '../chat/feed.ts';
import type { Attached } from '../chat/feeds.ts';
import { limitInput } from '../chat/inputs/messages.ts';
import { parse } from '../chat/inputs/parse.ts';
import { requireLiveSession } from '../chat/live-sessions.ts';
import { readUnsent } from '../chat/read-unsent.ts';
import type { ClientFace } from './client-face.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { guardFrames } from './guard-frames.ts';
import { IDLE_PATCH_RATE_MS, RECONNECTION_SECONDS } from './limits.ts';
import { admit, callerOf, giveSeatToken, type Occupant, readmit } from './occupant.ts';
import { answer, handlersOfUser } from './requests.ts';
import { returningSeat } from './reseat.ts';
import { Seats } from './seats.ts';
import { welcome } from './welcome.ts';

interface InboxOptions {
  ownerId: string;
}

const unsentInput = z.object({ after: z.int().min(0).optional(), limit: limitInput });

/** Everything of one person over one socket, for all their devices: one feed, no state. */
export function createInboxRoom(chat: Chat) {
  const handlers = handlersOfUser(chat, {
    unsent: (client, payload) => readUnsent(chat, callerOf(client).userId, parse(unsentInput, payload ?? {})),
  });

  class InboxRoom extends Room {
    override autoDispose = true;
    override patchRate = IDLE_PATCH_RATE_MS;
    readonly #seats = new Seats(chat);
    readonly #faces = new Set<ClientFace>();
    #feed: Attached<Feed> | undefined;
    #ownerId = '';

    /** Runs before matchmaking filters, on the same options: the client cannot choose what they filter by. */
    static override async onAuth(
      token: string,
      options: InboxOptions,
      context: AuthContext,
    ): Promise<Occupant> {
      const back = returningSeat(context);
      const occupant = back === undefined ? await admit(chat, token, context) : readmit(back);
      options.ownerId = occupant.userId;
      return occupant;
    }

    override async onCreate({ ownerId }: InboxOptions): Promise<void> {
      this.roomId = ownerId;
      this.#ownerId = ownerId;
      answer(this, handlers);
      this.#feed = await chat.feeds.attachToUser(ownerId, this);
    }

    deliver(event: ChatEvent): void {
      for (const face of this.#faces) face.deliver(event);
    }

    /** Asked again here, because `joinById` names a room whatever the options say. */
    override async onJoin(client: Client): Promise<void> {
      if (callerOf(client).userId !== this.#ownerId) {
        throw new ChatError('forbidden', 'this inbox is somebody else’s');
      }
      await this.#enter(client);
    }

    override onDrop(client: Client, code?: number): void {
      this.#exit(client);
      // The seat goes with the node; the client's token gets it one on another.
      if (code === CLOSE_CODES.goingAway || this.#seats.hasSuccessor(client)) return;
      // Rejects when nobody came back; leaving has been taken care of already.
      this.allowReconnection(client, RECONNECTION_SECONDS).catch(() => {});
    }

    override async onReconnect(client: Client): Promise<void> {
      await requireLiveSession(chat.database.em.fork(), callerOf(client).sessionId);
      await this.#enter(client);
    }

    override onLeave(client: Client): void {
      this.#exit(client);
    }

    override onDispose(): void {
      this.#feed?.detach();
    }

    override onBeforeShutdown(): void {
      void this.disconnect(CLOSE_CODES.goingAway);
    }

    async #enter(client: Client): Promise<void> {
      await giveSeatToken(chat, client, { room: 'inbox', key: this.#ownerId });
      const { face } = this.#seats.take(client);
      this.#faces.add(face);
      void welcome(chat, {
        face,
        userId: this.#ownerId,
        position: () => ({ positions: this.#feed?.source.positions() ?? [] }),
      });
    }

    #exit(client: Client): void {
      const taken = this.#seats.of(client);
      if (!taken) return;
      taken.leave();
      this.#faces.delete(taken.face);
    }
  }
  guardFrames(InboxRoom);
  return InboxRoom;
}
