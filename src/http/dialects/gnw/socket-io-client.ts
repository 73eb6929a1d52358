import type { Socket } from 'socket.io';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { MAX_UNREAD_BYTES } from '../../../chat/limits.ts';
import { deliveredWhenShown } from '../delivered.ts';
import { Line } from '../line.ts';
import { MAX_WAITING_EVENTS } from './limits.ts';
import { SocketIoLine } from './socket-io-line.ts';
import { type Outcome, refused, Talk, type Told } from './talk.ts';
import type { Teller } from './tell.ts';
import { findToken, type GivenTokens, givenTokens } from './tokens.ts';

export interface SocketIoClientOptions {
  readonly chat: Chat;
  readonly teller: Teller;
  readonly socket: Socket;
  readonly address: string | undefined;
}

type Answer = (answer: object) => void;

/** Somebody who came by Socket.IO: a stranger, until they show a token with the handshake or by an event. */
export class SocketIoClient {
  readonly #options: SocketIoClientOptions;
  readonly #wire: SocketIoLine;
  readonly #waiting: (() => Promise<void>)[] = [];
  #talk: Talk | undefined;
  #busy = false;

  constructor(options: SocketIoClientOptions) {
    this.#options = options;
    this.#wire = new SocketIoLine(options.socket);
    const { handshake } = options.socket;
    const said = [handshake.auth.token, handshake.query.token, handshake.query.opaque_token].find(isText);
    this.#queue(() => this.#enter(givenTokens(handshake.headers, said)));
    options.socket.onAny((event: string, ...rest: unknown[]) => {
      const answer = typeof rest.at(-1) === 'function' ? (rest.pop() as Answer) : undefined;
      this.#queue(() => this.#hear({ event, data: rest[0] }, answer));
    });
  }

  /** One after the other, as they came. There is no way to let a client wait, so one in too much of a hurry is cut off. */
  #queue(turn: () => Promise<void>): void {
    if (this.#waiting.length >= MAX_WAITING_EVENTS) this.#wire.terminate();
    else this.#waiting.push(turn);
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    const { socket, chat } = this.#options;
    this.#busy = true;
    for (let turn = this.#waiting.shift(); turn && socket.connected; turn = this.#waiting.shift()) {
      // Nothing of it is expected to fail; whoever waits behind it shall not wait for ever.
      await turn().catch((error) => chat.log.error({ err: error }, 'a frame failed'));
    }
    this.#busy = false;
  }

  async #hear(told: Told, answer: Answer | undefined): Promise<void> {
    // What they are told and do not fetch counts here as it does for their feed.
    if (this.#wire.bufferedAmount > MAX_UNREAD_BYTES) return this.#wire.terminate();
    const outcome = told.event === 'connection' ? await this.#introduce(told.data) : await this.#talkOf(told);
    for (const { event, data } of outcome.told) this.#wire.send(JSON.stringify([event, data]));
    answer?.(outcome.answer);
  }

  #talkOf(told: Told): Promise<Outcome> | Outcome {
    return this.#talk?.hear(told) ?? refused(unauthenticated(), this.#options.chat);
  }

  /** Who is known already stays who they are. */
  async #introduce(data: unknown): Promise<Outcome> {
    const said = (data as { token?: unknown } | null | undefined)?.token;
    try {
      if (isText(said)) await this.#enter({ said });
    } catch (error) {
      return refused(error, this.#options.chat);
    }
    if (this.#talk) return { told: [], answer: { status: 200 } };
    const outcome = refused(unauthenticated(), this.#options.chat);
    return isText(said) ? outcome : { ...outcome, told: [] };
  }

  async #enter(given: Partial<GivenTokens>): Promise<void> {
    const { chat, teller, address } = this.#options;
    if (this.#talk) return;
    const shown = await findToken(chat, given, address);
    if (shown === undefined) return;
    const talk = new Talk(chat, shown);
    const delivered = deliveredWhenShown(chat);
    await Line.open({
      chat,
      socket: this.#wire,
      caller: shown.caller,
      receive: async () => {},
      async present(event, { caller }) {
        const told = await teller(event, caller.userId);
        return told && JSON.stringify([told.event, told.data]);
      },
      shown(event, line) {
        if (event.type === 'message' && talk.hasFetched(event.conversationId)) delivered(event, line);
      },
      endedCode: 0,
    });
    this.#talk = talk;
  }
}

function unauthenticated(): ChatError {
  return new ChatError('unauthenticated', 'sign in first');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
