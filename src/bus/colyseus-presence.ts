import type { Presence } from '@colyseus/core';
import type { Bus } from './bus.ts';
import { type ChannelCallback, Channels } from './colyseus/channels.ts';
import { Hashes, Sets, Strings } from './colyseus/keys.ts';
import { type ColyseusLease, unattended } from './colyseus/lease.ts';
import { Lists } from './colyseus/lists.ts';

/**
 * Colyseus' Presence without Redis: channels travel over a bus, keys live in PostgreSQL, where each call is one
 * statement and so happens as a whole or not at all.
 *
 * Behaves as Colyseus' Redis presence does, with these differences:
 * - Texts, hashes, sets and lists have names of their own: the same key may hold one of each. `exists`, `expire`
 *   and `del` mean all of them.
 * - `hincrbyex` lets expire the field that it counted, not the whole hash.
 * - `hset` answers true, also when it replaced something.
 * - What is published arrives with its type; an absent value stays absent.
 * Channels need no database: matchmaking between nodes goes on while PostgreSQL is away.
 */
export class ColyseusPresence implements Presence {
  readonly #channels: Channels;
  readonly #strings: Strings;
  readonly #hashes: Hashes;
  readonly #sets: Sets;
  readonly #lists: Lists;
  readonly #letGo: () => Promise<void>;

  constructor(lease: ColyseusLease, bus: Bus) {
    this.#channels = new Channels(bus, lease);
    this.#strings = new Strings(lease);
    this.#hashes = new Hashes(lease);
    this.#sets = new Sets(lease);
    this.#lists = new Lists(lease, bus);
    this.#letGo = lease.hold();
  }

  async subscribe(topic: string, callback: ChannelCallback): Promise<this> {
    this.#channels.subscribe(topic, callback);
    return this;
  }

  unsubscribe(topic: string, callback?: ChannelCallback): this {
    this.#channels.unsubscribe(topic, callback);
    return this;
  }

  publish(topic: string, data: unknown): this {
    this.#channels.publish(topic, data);
    return this;
  }

  /** Those of all nodes; a node that does not answer in time is taken for dead. */
  channels(pattern?: string): Promise<string[]> {
    return unattended(this.#channels.list(pattern));
  }

  exists(key: string): Promise<boolean> {
    return this.#strings.exists(key);
  }

  expire(key: string, seconds: number): Promise<boolean> {
    return this.#strings.expire(key, seconds);
  }

  del(key: string): Promise<void> {
    return this.#strings.del(key);
  }

  set(key: string, value: string): Promise<void> {
    return this.#strings.set(key, value);
  }

  setex(key: string, value: string, seconds: number): Promise<void> {
    return this.#strings.set(key, value, seconds);
  }

  get(key: string): Promise<string | null> {
    return this.#strings.get(key);
  }

  incr(key: string): Promise<number> {
    return this.#strings.add(key, 1);
  }

  decr(key: string): Promise<number> {
    return this.#strings.add(key, -1);
  }

  sadd(key: string, value: unknown): Promise<number> {
    return this.#sets.add(key, value);
  }

  srem(key: string, value: unknown): Promise<number> {
    return this.#sets.remove(key, value);
  }

  sismember(key: string, field: string): Promise<number> {
    return this.#sets.has(key, field);
  }

  scard(key: string): Promise<number> {
    return this.#sets.size(key);
  }

  smembers(key: string): Promise<string[]> {
    return this.#sets.members([key]);
  }

  sinter(...keys: string[]): Promise<string[]> {
    return this.#sets.members(keys);
  }

  hset(key: string, field: string, value: string): Promise<boolean> {
    return unattended(this.#hashes.set(key, field, value).then(() => true));
  }

  hincrby(key: string, field: string, value: number): Promise<number> {
    return this.#hashes.add(key, field, value);
  }

  /**
   * Colyseus' own; it counts who is about to create the same room. When it fails, Colyseus neither answers the
   * client nor catches the error, which would end the process. So it answers as if nobody else were there: the
   * room is then looked for and recorded, and that fails properly.
   */
  hincrbyex(key: string, field: string, value: number, expireInSeconds: number): Promise<number> {
    return this.#hashes.add(key, field, value, expireInSeconds).catch(() => value);
  }

  hget(key: string, field: string): Promise<string | null> {
    return this.#hashes.get(key, field);
  }

  hgetall(key: string): Promise<Record<string, string>> {
    return this.#hashes.getAll(key);
  }

  hdel(key: string, field: string): Promise<boolean> {
    return this.#hashes.remove(key, field);
  }

  hlen(key: string): Promise<number> {
    return this.#hashes.size(key);
  }

  llen(key: string): Promise<number> {
    return this.#lists.size(key);
  }

  rpush(key: string, ...values: string[]): Promise<number> {
    return this.#lists.append(key, values);
  }

  lpush(key: string, ...values: string[]): Promise<number> {
    return this.#lists.prepend(key, values);
  }

  rpop(key: string): Promise<string | null> {
    return this.#lists.takeLast(key);
  }

  lpop(key: string): Promise<string | null> {
    return this.#lists.takeFirst(key);
  }

  brpop(...args: [...keys: string[], timeoutInSeconds: number]): Promise<[string, string] | null> {
    const seconds = args.at(-1) as number;
    return unattended(this.#lists.waitForLast(args.slice(0, -1) as string[], seconds));
  }

  /** A bus has no such limit. */
  setMaxListeners(_number: number): void {}

  shutdown(): Promise<void> {
    this.#channels.close();
    this.#lists.close();
    return unattended(this.#letGo());
  }
}
