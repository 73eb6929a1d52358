import type { Client, Room } from '@colyseus/sdk';
import { asFailure, ChatFailure } from './failure.ts';
import {
  FIRST_PAUSE_MS,
  GOOD_LINE_MS,
  HEARTBEAT_MS,
  JOIN_MS,
  LONGEST_PAUSE_MS,
  PONG_MS,
  REQUEST_MS,
} from './limits.ts';
import type { Api } from './types.ts';

export interface LineOptions {
  readonly api: Api;
  readonly sdk: Client;
  readonly room: string;
  readonly options?: Record<string, string>;
  hear(type: string, payload: object): void;
  /** In the room; what it says first is still to come. */
  onUp?(room: Room): void;
  /** Nothing of what was begun over this line goes on over the next. */
  onDown?(): void;
  /** An attempt has failed; the next one comes by itself. */
  onAway?(): void;
  /** For good: the session has ended, or one may not be there. */
  onEnded(failure: ChatFailure): void;
}

/** The session has ended, or one is no longer a member. */
const ENDED = 4001;
/** What a join is refused with that would be refused again; 401 is about the token. */
const REFUSED_FOR_GOOD: ReadonlyMap<unknown, string> = new Map([
  [403, 'forbidden'],
  [404, 'not_found'],
]);
const UNAUTHENTICATED = 401;

/**
 * One room that is come back to whenever it is lost, with the stock SDK but without its own reconnection: that gives
 * up after a minute, and a page may sleep for a night. Pauses are random, so that a server that comes back does not meet
 * everybody at once.
 */
export class Line {
  readonly #wanted: LineOptions;
  #room: Room | undefined;
  #wants = false;
  #coming = false;
  #attempts = 0;
  #upSince = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  /** Requests that end with the line, also with one that is dead and does not know it. */
  readonly #unanswered = new Set<(failure: ChatFailure) => void>();

  constructor(options: LineOptions) {
    this.#wanted = options;
  }

  get isUp(): boolean {
    return this.#room !== undefined;
  }

  get room(): Room | undefined {
    return this.#room;
  }

  start(): void {
    if (this.#wants) return;
    this.#wants = true;
    void this.#come();
  }

  async stop(): Promise<void> {
    this.#wants = false;
    clearTimeout(this.#pause);
    const room = this.#room;
    this.#lose();
    if (room?.connection.isOpen) await leave(room);
  }

  /** A sleeping machine has come back, or somebody presses a button: no more waiting, and no trust in what looks open. */
  wake(): void {
    if (!this.#wants) return;
    if (this.#room) this.#try(this.#room);
    else void this.#come();
  }

  /** The network is gone: no waiting for what no longer answers. */
  giveUp(): void {
    if (this.#room) this.#abandon(this.#room);
  }

  request<Answer>(type: string, payload: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const room = this.#room;
      if (!room) {
        reject(new ChatFailure({ code: 'offline', message: 'not connected' }));
        return;
      }
      this.#unanswered.add(reject);
      room
        .request<object, Answer>(type, payload, { timeout: REQUEST_MS })
        .then(resolve, (error: unknown) => reject(asFailure(error)))
        .finally(() => this.#unanswered.delete(reject));
    });
  }

  /** Where the answer does not matter. */
  tell(type: string, payload: object): void {
    if (this.#room?.connection.isOpen) this.#room.send(type, payload);
  }

  async #come(): Promise<void> {
    if (this.#coming || this.#room) return;
    clearTimeout(this.#pause);
    this.#coming = true;
    try {
      const room = await this.#join();
      if (this.#wants) this.#enter(room);
      else void leave(room);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#coming = false;
    }
  }

  async #join(): Promise<Room> {
    const { api, sdk, room, options } = this.#wanted;
    const token = await api.freshToken();
    sdk.auth.token = token;
    try {
      return await inTime(sdk.joinOrCreate(room, options));
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNAUTHENTICATED) throw error;
      sdk.auth.token = await api.freshToken(token);
      return await inTime(sdk.joinOrCreate(room, options));
    }
  }

  #enter(room: Room): void {
    this.#room = room;
    this.#upSince = Date.now();
    room.reconnection.enabled = false;
    room.onMessage('*', (type, payload) => {
      if (this.#room === room) this.#wanted.hear(String(type), payload as object);
    });
    room.onLeave((code) => this.#left(room, code));
    // The SDK reports here what it also reports by closing.
    room.onError(() => {});
    this.#beat = setInterval(() => this.#try(room), HEARTBEAT_MS);
    this.#wanted.onUp?.(room);
  }

  /** A line can be dead without anybody having been told: only an answer shows that it lives. */
  #try(room: Room): void {
    let alive = false;
    room.ping(() => {
      alive = true;
    });
    setTimeout(() => {
      if (alive || this.#room !== room) return;
      this.#abandon(room);
    }, PONG_MS);
  }

  #abandon(room: Room): void {
    this.#left(room, undefined);
    room.connection.close();
  }

  #left(room: Room, code: number | undefined): void {
    if (this.#room !== room) return;
    const held = Date.now() - this.#upSince;
    this.#lose();
    if (code === ENDED) {
      this.#end(new ChatFailure({ code: 'unauthenticated', message: 'sent away by the server' }));
      return;
    }
    if (held > GOOD_LINE_MS) this.#attempts = 0;
    this.#comeLater();
  }

  #lose(): void {
    clearInterval(this.#beat);
    if (this.#room === undefined) return;
    this.#room = undefined;
    for (const reject of this.#unanswered)
      reject(new ChatFailure({ code: 'offline', message: 'the line broke' }));
    this.#unanswered.clear();
    this.#wanted.onDown?.();
  }

  #refused(error: unknown): void {
    if (!this.#wants) return;
    const failure = asFailure(error);
    const code = REFUSED_FOR_GOOD.get((error as { code?: unknown }).code);
    if (code !== undefined) this.#end(new ChatFailure({ code, message: failure.message }));
    else if (failure.code === 'unauthenticated') this.#end(failure);
    else {
      this.#wanted.onAway?.();
      this.#comeLater();
    }
  }

  #comeLater(): void {
    if (!this.#wants) return;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#pause = setTimeout(() => void this.#come(), Math.random() * longest);
  }

  #end(failure: ChatFailure): void {
    this.#wants = false;
    clearTimeout(this.#pause);
    this.#wanted.onEnded(failure);
  }
}

/** It may still succeed later; nobody wants that seat any more. */
function inTime(joining: Promise<Room>): Promise<Room> {
  return new Promise((resolve, reject) => {
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      reject(new ChatFailure({ code: 'offline', message: `joining took more than ${JOIN_MS} ms` }));
    }, JOIN_MS);
    joining
      .then((room) => {
        if (late) void leave(room);
        else resolve(room);
      }, reject)
      .finally(() => clearTimeout(patience));
  });
}

async function leave(room: Room): Promise<void> {
  room.reconnection.enabled = false;
  await inTimeOrNot(room.leave());
}

/** A line that is dead never says goodbye. */
async function inTimeOrNot(leaving: Promise<unknown>): Promise<void> {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise((resolve) => {
    patience = setTimeout(resolve, PONG_MS);
  });
  await Promise.race([leaving, enough]);
  clearTimeout(patience);
}
