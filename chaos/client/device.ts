import { setTimeout as sleep } from 'node:timers/promises';
import type { Room } from '@colyseus/sdk';
import { type Account, Refused } from './account.ts';
import { catchUp } from './catch-up.ts';
import { ConversationLog } from './conversation-log.ts';
import { type KeptEvent, keptEvent, type Message, type Presence, type Ready } from './wire.ts';

/** What a device has open: everything of its person, or one conversation. */
export type Place =
  | { readonly room: 'inbox' }
  | { readonly room: 'dialog'; readonly userId: string }
  | { readonly room: 'group'; readonly id: string };

/** `coming` also when it was thrown out and tries to come back. */
export type Whereabouts = 'away' | 'coming' | 'here' | 'going';

const JOIN_MS = 10_000;
const PAUSE_MS = 250;
const SESSION_ENDED = 4001;
/** Refused for now; whatever else is refused stays refused. */
const TRY_AGAIN = new Set<unknown>(['busy', 'unavailable', 'internal']);

/**
 * One device of a person: a room over the stock SDK, and its own log of every conversation that the room shows. It
 * keeps up with the server as docs/protocol.md says ("Missing nothing"), whatever happens to its line.
 */
export class Device {
  readonly name: string;
  readonly account: Account;
  readonly place: Place;
  readonly logs = new Map<string, ConversationLog>();
  /** Who came and went, as far as an inbox is told. Forgotten with the line, because it is not told again. */
  readonly presence = new Map<string, boolean>();
  /** What a server must never do. */
  readonly complaints: string[] = [];
  lastError = '';
  #whereabouts: Whereabouts = 'away';
  #room: Room | undefined;
  /** Counts the lines to the server: what was begun over one does not go on over the next. */
  #line = 0;
  #arrived = Promise.withResolvers<void>();
  /** By conversation: the last message that came as news over this line. */
  readonly #shown = new Map<string, number>();

  constructor(name: string, account: Account, place: Place) {
    this.name = name;
    this.account = account;
    this.place = place;
  }

  get whereabouts(): Whereabouts {
    return this.#whereabouts;
  }

  get line(): number {
    return this.#line;
  }

  get state(): Room['state'] {
    return this.#room?.state;
  }

  /** Whether it has all that it was told of, and nothing is under way. */
  get isSettled(): boolean {
    if (this.#whereabouts === 'away') return true;
    return this.#whereabouts === 'here' && ![...this.logs.values()].some((log) => log.isCatchingUp);
  }

  /** Settles when it is here, however often it has to try. */
  async come(): Promise<void> {
    this.#whereabouts = 'coming';
    for (;;) {
      try {
        this.#enter(await this.#join());
        break;
      } catch (error) {
        this.lastError = String(error);
        await sleep(PAUSE_MS);
      }
    }
    await this.#arrived.promise;
  }

  async go(): Promise<void> {
    const room = this.#room;
    if (room === undefined || this.#whereabouts !== 'here') return;
    this.#whereabouts = 'going';
    // Or the SDK would come back by itself when the line breaks before the server has said goodbye.
    room.reconnection.enabled = false;
    await room.leave();
  }

  /** The line breaks; the SDK makes a new one. */
  breakLine(): void {
    if (this.#whereabouts === 'here') void this.#room?.leave(false);
  }

  /** One attempt, over the line that there is now. */
  async request<Answer>(type: string, payload: object): Promise<Answer> {
    if (this.#room === undefined) throw new Error('not here');
    return await this.#room.request<object, Answer>(type, payload);
  }

  /** Asks until there is an answer, so it must bear being asked twice. Tells of each time that it has to. */
  async persist<Answer>(type: string, payload: object, onAgain = (): void => {}): Promise<Answer> {
    for (;;) {
      await this.#arrived.promise;
      try {
        return await this.request<Answer>(type, payload);
      } catch (error) {
        const { code } = error as { code?: unknown };
        this.lastError = String(error);
        if (code === 'internal') this.complaints.push(`${type} was answered with 'internal'`);
        if (typeof code === 'string' && !TRY_AGAIN.has(code)) throw new Refused(type, code);
      }
      onAgain();
      await sleep(PAUSE_MS);
    }
  }

  async #join(): Promise<Room> {
    const { room, ...options } = this.place;
    await this.account.freshToken();
    const joining = this.account.client.joinOrCreate(room, options);
    const giveUp = new AbortController();
    const patience = sleep(JOIN_MS, undefined, { signal: giveUp.signal }).then(() => {
      // It may still succeed, when the server that was asked wakes up: nobody wants that seat any more.
      joining.then(leaveForGood, () => {});
      throw new Error(`joining took more than ${JOIN_MS} ms`);
    });
    try {
      return await Promise.race([joining, patience]);
    } finally {
      patience.catch(() => {});
      giveUp.abort();
    }
  }

  #enter(room: Room): void {
    this.#room = room;
    room.onMessage('*', (type, payload) => this.#hear(type, payload as object));
    room.onDrop(() => this.#lose());
    room.onLeave((code) => this.#leave(code));
    // The SDK reports here what it also reports by closing.
    room.onError((code, message) => {
      this.lastError = `${code} ${message ?? ''}`;
    });
  }

  /** Nothing of the old line comes any more, and what it had begun is begun again. */
  #lose(): void {
    this.#line += 1;
    this.#shown.clear();
    for (const log of this.logs.values()) log.abandon();
    if (this.#whereabouts !== 'here') return;
    this.#whereabouts = 'coming';
    this.#arrived = Promise.withResolvers();
  }

  #leave(code: number): void {
    const wanted = this.#whereabouts === 'going';
    this.#lose();
    this.#room = undefined;
    if (wanted) {
      this.#whereabouts = 'away';
      this.#arrived = Promise.withResolvers();
      return;
    }
    this.lastError = `left with ${code}`;
    if (code === SESSION_ENDED) this.complaints.push('was sent away for good (4001)');
    void this.come();
  }

  #hear(type: unknown, payload: object): void {
    if (type === 'ready') this.#arrive(payload as Ready);
    else if (type === 'presence') {
      const { userId, online } = payload as Presence;
      this.presence.set(userId, online);
    }
    const event = keptEvent(type, payload);
    if (event === undefined) return;
    if (event.type === 'message') this.#noteOrder(event);
    if (event.type === 'message' && event.rev === 0) this.#logOf(event.conversationId).receive(event.message);
    else this.#record(event);
  }

  #arrive({ conversationId, rev, positions }: Ready): void {
    this.#line += 1;
    this.presence.clear();
    const here = positions ?? [{ conversationId: conversationId!, rev: rev! }];
    for (const position of here) {
      const log = this.#logOf(position.conversationId);
      if (log.rev < position.rev) void catchUp(this, log);
    }
    if (this.#whereabouts !== 'coming') return;
    this.#whereabouts = 'here';
    this.#arrived.resolve();
  }

  #record(event: KeptEvent): void {
    const isNew = !this.logs.has(event.conversationId);
    const log = this.#logOf(event.conversationId);
    const entered = event.type === 'member' && event.member.userId === this.account.id && !event.member.left;
    if (event.type !== 'reset') {
      // What was said before this person came is no news, but belongs to the log.
      if ((isNew || entered) && !log.isCatchingUp) void catchUp(this, log);
      log.hear(event);
    } else if (log.isCatchingUp) log.askAgain();
    else void catchUp(this, log);
  }

  #noteOrder({
    conversationId,
    rev,
    message,
  }: {
    conversationId: string;
    rev: number;
    message: Message;
  }): void {
    if (rev === 0) return;
    const last = this.#shown.get(conversationId) ?? 0;
    if (message.seq <= last) {
      this.complaints.push(`${conversationId}: message ${message.seq} came after ${last} over one line`);
    }
    this.#shown.set(conversationId, message.seq);
  }

  #logOf(conversationId: string): ConversationLog {
    let log = this.logs.get(conversationId);
    if (log === undefined) {
      log = new ConversationLog(conversationId);
      this.logs.set(conversationId, log);
    }
    return log;
  }
}

function leaveForGood(room: Room): void {
  room.reconnection.enabled = false;
  void room.leave();
}
