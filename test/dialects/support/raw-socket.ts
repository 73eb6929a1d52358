import { WebSocket } from 'ws';

const PATIENCE_MS = 20_000;

export interface Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

interface RawSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: string[];
}

/** A WebSocket as any library opens it: it knows no dialect, and keeps every frame from the first one on. */
export class RawSocket {
  readonly frames: string[] = [];
  readonly closed: Promise<Goodbye>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.frames.push(String(data));
      this.#look();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#look();
      });
    });
  }

  /** `http:` will do. Throws when it is refused. */
  static async open(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
    const outcome = await dial(url, options);
    if ('status' in outcome) throw new Error(`no socket: ${outcome.status} ${outcome.body}`);
    return outcome;
  }

  /** For an upgrade that must not succeed. */
  static async refused(url: string, options: RawSocketOptions = {}): Promise<Refused> {
    const outcome = await dial(url, options);
    if ('status' in outcome) return outcome;
    outcome.close();
    throw new Error('the socket was let in');
  }

  static dialled(socket: WebSocket): RawSocket {
    return new RawSocket(socket);
  }

  /** As JSON, unless it is a text or bytes already. */
  send(frame: unknown): void {
    const raw = typeof frame === 'string' || frame instanceof Uint8Array;
    this.#socket.send(raw ? frame : JSON.stringify(frame));
  }

  /** The frame after the one that was taken last, as JSON. Waits for it. */
  async next(): Promise<any> {
    return JSON.parse(await this.nextText());
  }

  async nextText(): Promise<string> {
    await this.until(() => this.frames.length > this.#taken, 'another frame');
    this.#taken += 1;
    return this.frames[this.#taken - 1]!;
  }

  /** The first frame, past or to come, that fits; those around it stay for `next`. */
  async find(fits: (frame: any) => boolean, what = 'a frame'): Promise<any> {
    let found: any;
    await this.until(() => {
      found = this.json.find(fits);
      return found !== undefined;
    }, what);
    return found;
  }

  /** All frames so far that are JSON. */
  get json(): any[] {
    return this.frames.flatMap((frame) => {
      try {
        return [JSON.parse(frame)];
      } catch {
        return [];
      }
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Looks again with every frame. */
  until(fact: () => boolean, what = 'what was expected'): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        const state = this.isOpen ? 'open' : 'closed';
        reject(new Error(`${what} did not come (${state}); heard:\n${this.frames.join('\n')}`));
      }, PATIENCE_MS);
      const look = (): void => {
        if (!fact()) return;
        clearTimeout(deadline);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** There and back: whatever the server had sent until it saw this has come. */
  roundTrip(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('pong', () => resolve());
      this.#socket.ping();
    });
  }

  /** As a client that does not read: the network's buffers fill up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): Promise<Goodbye> {
    this.#socket.close();
    return this.closed;
  }

  /** Without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}

function dial(url: string, { headers, protocols = [] }: RawSocketOptions): Promise<RawSocket | Refused> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { headers });
    const raw = RawSocket.dialled(socket);
    socket.once('open', () => resolve(raw));
    socket.once('error', reject);
    socket.once('unexpected-response', async (_request, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode!, headers: response.headers, body });
    });
  });
}
