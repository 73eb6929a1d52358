import type { RawData } from 'ws';
import type { Caller } from '../../chat/authenticate.ts';
import type { Chat } from '../../chat/chat.ts';
import type { ChatEvent } from '../../chat/events.ts';
import type { Face } from '../../chat/face.ts';
import { MAX_HELD_EVENTS, MAX_UNREAD_BYTES } from '../../chat/limits.ts';
import { MAX_HELD_FRAMES, MAX_HELD_LENGTH } from './limits.ts';

const INTERNAL = 1011;

/** What one event is on a wire: no frame, one or several. */
export type Frames = string | readonly string[] | undefined;

/** What is used of a WebSocket here, so that other transports can be like one. */
export interface LineSocket {
  readonly OPEN: number;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly isPaused: boolean;
  on(event: 'message', listener: (data: RawData) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  send(frame: string): void;
  pause(): void;
  resume(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

export interface LineOptions {
  readonly chat: Pick<Chat, 'feeds' | 'sessions' | 'presence' | 'log'>;
  readonly socket: LineSocket;
  readonly caller: Caller;
  /** What must be known or told first: nothing is heard or told before it is done. */
  readonly begin?: (line: Line) => Promise<void>;
  /** What the client said; the next frame waits until this is done. Answers what it refuses by itself. */
  readonly receive: (text: string, line: Line) => Promise<void>;
  /** An event of this person's feed in the dialect's words; see `onceForAll`. */
  readonly present: (event: ChatEvent, line: Line) => Frames | Promise<Frames>;
  /** After an event has become frames and they are on the wire; see `deliveredWhenShown`. */
  readonly shown?: (event: ChatEvent, line: Line) => void;
  /** Close code for when the session ends elsewhere: signed out, revoked. */
  readonly endedCode: number;
  /** When the socket is gone, whoever ended it. */
  readonly onClose?: () => void;
}

/**
 * A signed-in person's socket in an older server's words: it is there for others to see, shows its person's feed in
 * order, and ends with its session.
 */
export class Line implements Face {
  readonly caller: Caller;
  readonly #options: LineOptions;
  readonly #heard: string[] = [];
  readonly #events: ChatEvent[] = [];
  #heldLength = 0;
  #receiving = true;
  #presenting = true;

  private constructor(options: LineOptions) {
    this.caller = options.caller;
    this.#options = options;
    options.socket.on('message', (data: RawData) => this.#hear(data));
  }

  /** Nothing that the client says and nothing that happens is lost meanwhile. */
  static async open(options: LineOptions): Promise<Line> {
    const { chat, socket, caller, begin, endedCode, onClose } = options;
    const line = new Line(options);
    const undo: (() => void)[] = [];
    const leave = (): void => {
      for (const each of undo.splice(0)) each();
    };
    socket.once('close', leave);
    if (onClose) socket.once('close', onClose);
    undo.push(chat.sessions.add(caller.sessionId, { end: () => line.close(endedCode) }));
    try {
      const feed = await chat.feeds.attachToUser(caller.userId, line);
      undo.push(() => feed.detach(), chat.presence.connect(caller.userId));
      if (line.isOpen) await begin?.(line);
      else leave();
    } catch (error) {
      chat.log.warn({ err: error }, 'a line could not be opened');
      line.close(INTERNAL);
    }
    void line.#receive();
    void line.#present();
    return line;
  }

  get isOpen(): boolean {
    return this.#options.socket.readyState === this.#options.socket.OPEN;
  }

  send(frame: string): void {
    const { socket } = this.#options;
    if (!this.isOpen) return;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(frame);
  }

  close(code: number, reason = ''): void {
    this.#options.socket.close(code, reason);
  }

  deliver(event: ChatEvent): void {
    if (this.#events.length >= MAX_HELD_EVENTS) {
      this.#options.socket.terminate();
      return;
    }
    this.#events.push(event);
    if (!this.#presenting) void this.#present();
  }

  async #present(): Promise<void> {
    this.#presenting = true;
    const { present, shown, chat } = this.#options;
    for (let event = this.#events[0]; event !== undefined && this.isOpen; event = this.#events[0]) {
      try {
        const presented = present(event, this);
        const made = (presented instanceof Promise ? await presented : presented) ?? [];
        const frames = typeof made === 'string' ? [made] : made;
        for (const frame of frames) this.send(frame);
        if (frames.length > 0 && this.isOpen) shown?.(event, this);
      } catch (error) {
        // A client that misses an event without knowing is worse off than one that has to dial again.
        chat.log.warn({ err: error }, 'an event could not be told');
        this.close(INTERNAL);
      }
      this.#events.shift();
    }
    this.#presenting = false;
  }

  #hear(data: RawData): void {
    const text = String(data);
    this.#heard.push(text);
    this.#heldLength += text.length;
    if (this.#heard.length >= MAX_HELD_FRAMES || this.#heldLength >= MAX_HELD_LENGTH)
      this.#options.socket.pause();
    if (!this.#receiving) void this.#receive();
  }

  async #receive(): Promise<void> {
    this.#receiving = true;
    const { receive, socket, chat } = this.#options;
    for (let text = this.#heard.shift(); text !== undefined && this.isOpen; text = this.#heard.shift()) {
      this.#heldLength -= text.length;
      try {
        await receive(text, this);
      } catch (error) {
        chat.log.error({ err: error }, 'a frame failed');
        this.close(INTERNAL);
      }
      if (this.#heard.length === 0 && socket.isPaused) socket.resume();
    }
    this.#receiving = false;
  }
}

/** Lets all lines of a node share what one of them has made of an event; for what is the same for everybody. */
export function onceForAll<Made>(make: (event: ChatEvent) => Made): (event: ChatEvent) => Made {
  const made = new WeakMap<ChatEvent, { readonly it: Made }>();
  return (event) => {
    let found = made.get(event);
    if (found === undefined) {
      found = { it: make(event) };
      made.set(event, found);
    }
    return found.it;
  };
}
