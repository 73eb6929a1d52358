import { type AuthContext, type Client, Room } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { ChatError } from '../chat/errors.ts';
import { findMember } from '../chat/find-member.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { ConversationView } from './conversation-view.ts';
import { guardFrames } from './guard-frames.ts';
import { IDLE_PATCH_RATE_MS, RECONNECTION_SECONDS } from './limits.ts';
import { admit, callerOf, giveSeatToken, type Occupant, readmit, seat } from './occupant.ts';
import { answer, handlersOfConversation } from './requests.ts';
import { returningSeat } from './reseat.ts';
import { Seats } from './seats.ts';
import type { ConversationState } from './state.ts';
import { welcome } from './welcome.ts';

/** Options as the client sent them; `onAuth` writes the id that it resolved over whatever they said. */
export interface ConversationOptions {
  conversationId: string;
  [option: string]: unknown;
}

/** Decides which conversation is meant and whether this person may enter it. */
export type Resolve = (callerId: string, options: unknown) => Promise<string>;

/** The room of one conversation. A dialog's and a group's differ in who may enter, and in nothing else. */
export function createConversationRoom(chat: Chat, kind: 'dialog' | 'group', resolve: Resolve) {
  const handlers = handlersOfConversation(chat);

  class ConversationRoom extends Room<{ state: ConversationState }> {
    override autoDispose = true;
    override patchRate = IDLE_PATCH_RATE_MS;
    readonly #seats = new Seats(chat);
    #view: ConversationView | undefined;

    /** Runs before matchmaking filters, on the same options: the client cannot choose what they filter by. */
    static override async onAuth(
      token: string,
      options: ConversationOptions,
      context: AuthContext,
    ): Promise<Occupant> {
      const back = returningSeat(context);
      if (back !== undefined) {
        options.conversationId = back.key;
        return readmit(back);
      }
      const occupant = await admit(chat, token, context);
      options.conversationId = await resolve(occupant.userId, options);
      return occupant;
    }

    override async onCreate({ conversationId }: ConversationOptions): Promise<void> {
      this.roomId = conversationId;
      const view = new ConversationView(this, chat, conversationId);
      this.#view = view;
      view.expelled = ({ client }) => client.leave(CLOSE_CODES.ended, 'no longer a member');
      answer(this, handlers);
      try {
        await view.open();
      } catch (error) {
        view.close();
        throw error;
      }
      this.state = view.state;
    }

    /** Asked again here, because `joinById` names a room whatever the options say. */
    override async onJoin(client: Client, options: ConversationOptions): Promise<void> {
      if (options.conversationId !== this.#view?.conversationId) {
        throw new ChatError('forbidden', 'this room is another conversation');
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
      await this.#enter(client);
    }

    override onLeave(client: Client): void {
      this.#exit(client);
    }

    override onDispose(): void {
      this.#view?.close();
    }

    override onBeforeShutdown(): void {
      void this.disconnect(CLOSE_CODES.goingAway);
    }

    async #enter(client: Client): Promise<void> {
      const view = this.#view!;
      const caller = callerOf(client);
      const member = await findMember(chat, caller, view.conversationId);
      await giveSeatToken(chat, client, { room: kind, key: view.conversationId });
      seat(client, view.conversationId);
      const { face } = this.#seats.take(client);
      view.faces.add(face);
      view.enter(member);
      const { conversationId } = view;
      const position = (): object => ({ conversationId, ...view.position });
      void welcome(chat, { face, userId: caller.userId, conversationId, position });
    }

    #exit(client: Client): void {
      const taken = this.#seats.of(client);
      if (!taken) return;
      const { userId } = callerOf(client);
      taken.leave();
      this.#view?.faces.delete(taken.face);
      if (!this.#seats.holds(userId)) this.#view?.leave(userId);
    }
  }
  guardFrames(ConversationRoom);
  return ConversationRoom;
}
