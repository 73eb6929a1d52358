import type { Bus, Subscription } from '../../bus/bus.ts';
import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import { topics } from '../events.ts';
import { LOBBY_PATIENCE_MS } from '../limits.ts';
import type { LobbyHint } from './log.ts';
import { Visitor } from './visitor.ts';

type Needs = Pick<Chat, 'sessions' | 'presence'>;

interface Here {
  readonly visitor: Visitor;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The visitors whom this node has heard of lately. Those who ask now here and now there are seen at several nodes, and
 * are online for as long as they have been at one of them within the patience of the lobby.
 */
export class Lobby {
  readonly #needs: Needs;
  readonly #here = new Map<string, Here>();
  readonly #subscription: Subscription;

  constructor(bus: Bus, needs: Needs) {
    this.#needs = needs;
    this.#subscription = bus.subscribe(topics.lobby, (payload) => this.#hear(payload as LobbyHint));
  }

  get isEmpty(): boolean {
    return this.#here.size === 0;
  }

  /** Whoever asks for anything is here. */
  welcome(caller: Caller): Visitor {
    const { sessionId } = caller;
    const here = this.#here.get(sessionId) ?? { visitor: this.#admit(caller), timer: undefined };
    this.#here.set(sessionId, here);
    clearTimeout(here.timer);
    here.timer = setTimeout(() => this.#miss(sessionId), LOBBY_PATIENCE_MS);
    here.timer.unref();
    return here.visitor;
  }

  /** Everybody looks: something happened that this node may not have been told. */
  lookAround(): void {
    for (const { visitor } of this.#here.values()) visitor.look();
  }

  close(): void {
    this.#subscription.close();
    for (const sessionId of [...this.#here.keys()]) this.#forget(sessionId);
  }

  #admit(caller: Caller): Visitor {
    return new Visitor(this.#needs, caller, () => this.#forget(caller.sessionId));
  }

  #miss(sessionId: string): void {
    const here = this.#here.get(sessionId);
    // One who waits here for longer than that is here.
    if (here?.visitor.waits) here.timer?.refresh();
    else this.#forget(sessionId);
  }

  #forget(sessionId: string): void {
    const here = this.#here.get(sessionId);
    clearTimeout(here?.timer);
    this.#here.delete(sessionId);
    here?.visitor.leave();
  }

  #hear({ conversationId }: LobbyHint): void {
    for (const { visitor } of this.#here.values()) {
      if (conversationId === undefined) visitor.look();
      else void visitor.isIn(conversationId).then((isIn) => isIn && visitor.look());
    }
  }
}
