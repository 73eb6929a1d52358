import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import type { Bus, BusPayload, Subscription } from './bus.ts';
import { type Listener, LocalListeners } from './local-listeners.ts';
import { decodeFrame, FrameEncoder, isPlainTopic, MAX_FRAME_BYTES, subjectOf } from './nats-frames.ts';
import { NatsLink } from './nats-link.ts';
import { connectionOptions, explain, type NatsAccess } from './nats-options.ts';
import { type NatsServer, parseNatsUrl } from './nats-servers.ts';

/** The pause before the first attempt to come back; it doubles with each, and each takes a random part of it. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;
/** How long `close` waits until NATS has taken what was published. */
const CLOSE_MS = 2_000;

export interface NatsBusOptions extends NatsAccess {
  /** One or several servers, see `parseNatsUrl`. */
  readonly url: string;
  /** In front of every topic: clusters that share a NATS need one each. */
  readonly prefix?: string;
  /** A listener threw, a payload was no JSON, or NATS forbids a subject. */
  readonly onError: (error: unknown, topic: string) => void;
  /** Called with every change, and while away with every new reason why there is no way back. */
  readonly onState?: (state: NatsState, reason: string) => void;
}

export type NatsState = 'connected' | 'disconnected';

export interface NatsCounters {
  /** Handed to NATS. */
  readonly published: number;
  readonly received: number;
  /** Published here and lost for other nodes: NATS was away or slow, or the frame too large or no JSON. */
  readonly droppedOut: number;
  /** Frames on our subjects that no node of ours would send. */
  readonly droppedIn: number;
}

/** The bus of many nodes, over core NATS. The listeners of this node are served at once and without NATS. */
export class NatsBus implements Bus {
  readonly #options: NatsBusOptions;
  readonly #servers: readonly NatsServer[];
  readonly #prefix: string;
  readonly #listeners: LocalListeners;
  readonly #encoder = new FrameEncoder();
  readonly #counters = { published: 0, received: 0, droppedOut: 0, droppedIn: 0 };
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;
  #link: NatsLink | undefined;
  #reason = '';

  private constructor(options: NatsBusOptions) {
    this.#options = options;
    this.#servers = parseNatsUrl(options.url);
    this.#prefix = options.prefix ?? 'parlour';
    if (!isPlainTopic(this.#prefix))
      throw new Error(`"${this.#prefix}" cannot be the prefix of NATS subjects`);
    this.#listeners = new LocalListeners(options.onError);
  }

  /** Fails when no server accepts us: at the start that is a mistake, later it is an outage. */
  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    const bus = new NatsBus(options);
    bus.#attach(await bus.#dial());
    return bus;
  }

  get state(): NatsState {
    return this.#link === undefined ? 'disconnected' : 'connected';
  }

  get counters(): NatsCounters {
    return { ...this.#counters };
  }

  publish(topic: string, payload: BusPayload): void {
    if (this.#closed !== undefined) return;
    // To the other nodes first: what a listener publishes in answer comes second there, as it does here.
    this.#counters[this.#send(topic, payload) ? 'published' : 'droppedOut'] += 1;
    this.#listeners.deliver(topic, payload);
  }

  subscribe(topic: string, listener: Listener): Subscription {
    const local = this.#listeners.add(topic, listener);
    this.#listen(topic);
    return {
      close: () => {
        local.close();
        if (!this.#listeners.has(topic)) this.#link?.leave(subjectOf(this.#prefix, topic));
      },
    };
  }

  /** True when NATS has, in time, everything that was published and subscribed before. */
  async flush(ms = CLOSE_MS): Promise<boolean> {
    return (await this.#link?.flush(ms)) ?? false;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await this.flush();
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  #send(topic: string, payload: BusPayload): boolean {
    if (this.#link === undefined) return false;
    try {
      const frame = this.#encoder.encode(payload);
      return frame.length <= MAX_FRAME_BYTES && this.#link.send(subjectOf(this.#prefix, topic), frame);
    } catch (error) {
      this.#options.onError(error, topic);
      return false;
    }
  }

  #listen(topic: string): void {
    this.#link?.listen(subjectOf(this.#prefix, topic), (frame) => {
      const payload = decodeFrame(frame);
      this.#counters[payload === undefined ? 'droppedIn' : 'received'] += 1;
      if (payload !== undefined) this.#listeners.deliver(topic, payload);
    });
  }

  #attach(connection: NatsConnection): void {
    const link = new NatsLink(connection);
    this.#link = link;
    for (const topic of this.#listeners.topics()) this.#listen(topic);
    this.#tell('connected', connection.getServer());
    void this.#reportErrors(connection);
    void connection.closed().then((error) => {
      void link.close();
      if (this.#link !== link || this.#closing.signal.aborted) return;
      this.#link = undefined;
      this.#tell('disconnected', error instanceof Error ? explain(error) : 'the connection ended');
      void this.#comeBack();
    });
  }

  /**
   * Ours, not nats.js': that forgets for ever a server that was down at the start, gives up when it was refused twice,
   * and keeps what is published while it dials.
   */
  async #comeBack(): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      try {
        await delay(pause * Math.random(), undefined, { signal });
        const connection = await this.#dial();
        if (!signal.aborted) return this.#attach(connection);
        return await connection.close();
      } catch (error) {
        if (signal.aborted) return;
        this.#tell('disconnected', (error as Error).message);
      }
    }
  }

  /** Any of the servers, tried in random order so that the nodes spread over them. */
  async #dial(): Promise<NatsConnection> {
    const reasons = new Map<NatsServer, string>();
    for (const server of this.#servers.toSorted(() => Math.random() - 0.5)) {
      try {
        return await connect(connectionOptions(server, this.#options));
      } catch (error) {
        reasons.set(server, `${server.host}:${server.port}: ${explain(error as Error)}`);
      }
    }
    // In the order in which they were given: the same trouble reads the same every time.
    throw new Error(`no NATS at ${this.#servers.map((server) => reasons.get(server)).join('; ')}`);
  }

  /** What NATS complains about without ending the connection, above all a subject that we may not use. */
  async #reportErrors(connection: NatsConnection): Promise<void> {
    const reported = new Set<string>();
    for await (const { type, data, permissionContext } of connection.status()) {
      const { operation = '', subject = '' } = permissionContext ?? {};
      // One for each kind and connection: NATS says it again for every single frame.
      if (type !== 'error' || reported.has(`${data} ${operation}`)) continue;
      reported.add(`${data} ${operation}`);
      this.#options.onError(new Error(`NATS says ${data} ${operation}`.trim()), subject);
    }
  }

  #tell(state: NatsState, reason: string): void {
    if (this.#reason === `${state} ${reason}`) return;
    this.#reason = `${state} ${reason}`;
    this.#options.onState?.(state, reason);
  }
}
