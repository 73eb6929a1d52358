/** How often NATS is asked for a sign of life. */
const PING_MS = 2_000;
/** How long it may take to give one. */
const ANSWER_MS = 5_000;
/** So much may be under way without NATS having confirmed it; what comes on top is dropped. */
const MAX_UNCONFIRMED_BYTES = 33_554_432;
/** After so much a confirmation is asked for. */
const CONFIRM_BYTES = 262_144;

/** What is needed of a connection to NATS. */
export interface NatsConnectionLike {
  readonly info?: { readonly max_payload: number };
  publish(subject: string, frame: Uint8Array): void;
  subscribe(
    subject: string,
    options: { callback: (error: unknown, message: { data: Uint8Array }) => void },
  ): { unsubscribe(): void };
  flush(): Promise<void>;
  isClosed(): boolean;
  close(): Promise<void>;
}

/**
 * One connection, from its opening to its end; it never comes back, a new one takes its place.
 *
 * nats.js bounds nothing that it sends, and to leave a connection that is stuck it first waits for that connection's
 * buffer to empty. So the link counts what is under way, and closes a connection that does not answer in time.
 */
export class NatsLink {
  readonly #connection: NatsConnectionLike;
  readonly #subscriptions = new Map<string, { unsubscribe(): void }>();
  readonly #pings: NodeJS.Timeout;
  #sent = 0;
  #confirmed = 0;
  #confirming = false;

  constructor(connection: NatsConnectionLike) {
    this.#connection = connection;
    this.#pings = setInterval(() => void this.#confirm(), PING_MS);
    this.#pings.unref();
  }

  /** False when it was dropped. */
  send(subject: string, frame: Uint8Array): boolean {
    const { info } = this.#connection;
    // nats.js takes the info away from a closed connection.
    if (info === undefined || frame.length > info.max_payload) return false;
    if (this.#sent - this.#confirmed + frame.length > MAX_UNCONFIRMED_BYTES) return false;
    this.#connection.publish(subject, frame);
    this.#sent += frame.length;
    if (this.#sent - this.#confirmed > CONFIRM_BYTES) void this.#confirm();
    return true;
  }

  /** Once for each subject; asking again changes nothing. */
  listen(subject: string, onFrame: (frame: Uint8Array) => void): void {
    if (this.#subscriptions.has(subject) || this.#connection.isClosed()) return;
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onFrame(message.data);
      },
    });
    this.#subscriptions.set(subject, subscription);
  }

  leave(subject: string): void {
    this.#subscriptions.get(subject)?.unsubscribe();
    this.#subscriptions.delete(subject);
  }

  /** True when NATS had, in time, everything that was sent and subscribed before. */
  async flush(ms: number): Promise<boolean> {
    if (this.#connection.isClosed()) return false;
    return await inTime(this.#connection.flush(), ms);
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    await this.#connection.close();
  }

  async #confirm(): Promise<void> {
    if (this.#confirming) return;
    this.#confirming = true;
    const sent = this.#sent;
    const answered = await this.flush(ANSWER_MS);
    this.#confirming = false;
    if (answered) this.#confirmed = sent;
    else await this.close();
  }
}

async function inTime(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
    timer.unref();
  });
  const answered = promise.then(
    () => true,
    () => false,
  );
  return await Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
