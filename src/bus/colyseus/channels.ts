import { createHash, randomUUID } from 'node:crypto';
import type { Bus, Subscription } from '../bus.ts';
import type { ColyseusLease } from './lease.ts';

// biome-ignore lint/suspicious/noExplicitAny: what Colyseus' Presence hands to a callback is anything
export type ChannelCallback = (data: any) => void;

interface Question {
  readonly asker: string;
  readonly pattern: string | undefined;
  readonly answerTo: string;
}

interface Answer {
  readonly node: string;
  readonly channels: readonly string[];
  readonly last: boolean;
}

/** How long `list` waits for nodes whose lease is valid and who do not answer. */
export const ANSWER_MS = 500;
/** So many names go into one payload: buses have a limit for its size. */
const NAMES_PER_ANSWER = 500;
const QUESTIONS = 'colyseus-channels';

/** Colyseus' channels over the bus. Nobody writes down who subscribes to what: `list` asks all nodes. */
export class Channels {
  readonly #bus: Bus;
  readonly #lease: ColyseusLease;
  readonly #channels = new Map<string, { callbacks: ChannelCallback[]; subscription: Subscription }>();
  readonly #questions: Subscription;

  constructor(bus: Bus, lease: ColyseusLease) {
    this.#bus = bus;
    this.#lease = lease;
    this.#questions = bus.subscribe(QUESTIONS, (payload) => this.#answer(payload as Question));
  }

  publish(channel: string, data: unknown): void {
    this.#bus.publish(topicOf(channel), { data });
  }

  subscribe(channel: string, callback: ChannelCallback): void {
    const known = this.#channels.get(channel);
    if (known !== undefined) {
      known.callbacks.push(callback);
      return;
    }
    const callbacks = [callback];
    const subscription = this.#bus.subscribe(topicOf(channel), (payload) =>
      callAll(callbacks, (payload as { data?: unknown }).data),
    );
    this.#channels.set(channel, { callbacks, subscription });
  }

  /** One subscription of this callback, or without a callback all. */
  unsubscribe(channel: string, callback?: ChannelCallback): void {
    const known = this.#channels.get(channel);
    if (known === undefined) return;
    const { callbacks, subscription } = known;
    const index = callback ? callbacks.lastIndexOf(callback) : 0;
    if (index >= 0) callbacks.splice(index, callback ? 1 : callbacks.length);
    if (callbacks.length > 0) return;
    this.#channels.delete(channel);
    subscription.close();
  }

  async list(pattern?: string): Promise<string[]> {
    const found = new Set(this.#matching(pattern));
    const awaited = new Set(await this.#lease.otherNodes());
    if (awaited.size === 0) return [...found];
    const answerTo = `${QUESTIONS}.${randomUUID()}`;
    const complete = Promise.withResolvers<void>();
    const answers = this.#bus.subscribe(answerTo, (payload) => {
      const { node, channels, last } = payload as Answer;
      for (const channel of channels) found.add(channel);
      if (last) awaited.delete(node);
      if (awaited.size === 0) complete.resolve();
    });
    const timer = setTimeout(complete.resolve, ANSWER_MS);
    this.#bus.publish(QUESTIONS, { asker: this.#lease.nodeId, pattern, answerTo } satisfies Question);
    await complete.promise;
    clearTimeout(timer);
    answers.close();
    return [...found];
  }

  close(): void {
    this.#questions.close();
    for (const channel of [...this.#channels.keys()]) this.unsubscribe(channel);
  }

  #answer({ asker, pattern, answerTo }: Question): void {
    if (asker === this.#lease.nodeId) return;
    const names = this.#matching(pattern);
    for (let start = 0; start === 0 || start < names.length; start += NAMES_PER_ANSWER) {
      const channels = names.slice(start, start + NAMES_PER_ANSWER);
      const last = start + NAMES_PER_ANSWER >= names.length;
      this.#bus.publish(answerTo, { node: this.#lease.nodeId, channels, last } satisfies Answer);
    }
  }

  #matching(pattern: string | undefined): string[] {
    const names = [...this.#channels.keys()];
    // `null` is how an absent pattern may arrive.
    if (pattern === undefined || pattern === null) return names;
    const glob = globToRegExp(pattern);
    return names.filter((name) => glob.test(name));
  }
}

/**
 * Everybody who was there when the data came gets it, whoever leaves meanwhile: the first of those who wait for a
 * room to be created ends the subscriptions of all (Colyseus' `subscribeWithTimeout`).
 */
function callAll(callbacks: readonly ChannelCallback[], data: unknown): void {
  const errors: unknown[] = [];
  for (const callback of [...callbacks]) {
    try {
      callback(data);
    } catch (error) {
      errors.push(error);
    }
  }
  // The bus reports what a listener throws.
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
}

/** `*` is any text, `?` any character; the pattern describes the whole name, as it does in Redis. */
function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

/**
 * Colyseus writes what clients ask for into the names of channels (`concurrent:{room}:{filters}`). A bus may give
 * a meaning to dots, stars and spaces in a topic, and has a limit for its length: such names travel as a hash.
 */
function topicOf(channel: string): string {
  const plain = /^[\w:$-]{1,100}$/.test(channel);
  return `colyseus.${plain ? channel : `#${createHash('sha256').update(channel).digest('hex')}`}`;
}
