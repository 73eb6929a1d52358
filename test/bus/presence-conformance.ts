import type { Presence } from '@colyseus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface PresencesUnderTest {
  /** One presence for each node; a presence in memory is the same twice. */
  readonly presences: readonly [Presence, Presence];
  close(): Promise<void>;
}

/** Collects what arrives on a channel; `until(n)` waits for the nth. */
export async function collect(presence: Presence, channel: string) {
  const heard: unknown[] = [];
  const waiting: { amount: number; resolve: (heard: unknown[]) => void }[] = [];
  const callback = (data: unknown): void => {
    heard.push(data);
    for (const each of waiting) if (heard.length >= each.amount) each.resolve(heard);
  };
  await presence.subscribe(channel, callback);
  const until = (amount: number): Promise<unknown[]> =>
    heard.length >= amount
      ? Promise.resolve(heard)
      : new Promise((resolve) => waiting.push({ amount, resolve }));
  return { heard, until, callback };
}

/**
 * What Colyseus' Presence is asked for, proven with Colyseus' own local presence too. Where that one differs from
 * Redis (numbers stay numbers, an absent value is `undefined`), both answers are accepted here; where it is
 * plainly narrower (expiry of collections, `sinter` of more than two sets, `rpop` of nothing), the facts are in
 * presence.test.ts.
 */
export function presenceConformance(name: string, start: () => Promise<PresencesUnderTest>): void {
  describe(name, () => {
    let under: PresencesUnderTest;
    let here: Presence;
    let there: Presence;

    beforeEach(async () => {
      under = await start();
      [here, there] = under.presences;
    });
    afterEach(() => under.close());

    const eventually = (ask: () => Promise<unknown>) => expect.poll(ask, { timeout: 10_000, interval: 20 });
    const text = async (presence: Presence, key: string): Promise<string | null> => {
      const value = await presence.get(key);
      return value === null || value === undefined ? null : String(value);
    };

    it('publishes to the subscribers of a channel on all nodes, and to no other channel', async () => {
      const [mine, theirs] = [await collect(here, 'p:1'), await collect(there, 'p:1')];
      const other = await collect(there, 'p:2');
      const messages = ['text', 7, false, ['method', 'id', [{ a: null }]], { nested: { list: [1] } }];
      for (const message of messages) here.publish('p:1', message);
      here.publish('p:2', 'end');
      expect(await mine.until(messages.length)).toEqual(messages);
      expect(await theirs.until(messages.length)).toEqual(messages);
      expect(await other.until(1)).toEqual(['end']);
    });

    it('takes any name for a channel', async () => {
      const names = ['$room', 'concurrent:group:a b.c > * é', `long:${'x'.repeat(5_000)}`, '#', ''];
      for (const name of names) {
        const heard = await collect(there, name);
        here.publish(name, name.length);
        expect(await heard.until(1)).toEqual([name.length]);
      }
    });

    it('ends one subscription, or all of a channel', async () => {
      const [first, second] = [await collect(there, 'c'), await collect(there, 'c')];
      await there.subscribe('c', first.callback);
      there.unsubscribe('c', first.callback);
      there.unsubscribe('c', () => {});
      here.publish('c', 1);
      await second.until(1);
      expect(first.heard).toEqual([1]);
      there.unsubscribe('c', first.callback);
      here.publish('c', 2);
      await second.until(2);
      expect(first.heard).toEqual([1]);
      there.unsubscribe('c');
      const end = await collect(there, 'c');
      here.publish('c', 3);
      await end.until(1);
      expect(second.heard).toEqual([1, 2]);
    });

    it('reaches everybody who was subscribed, even if the first of them ends the subscriptions of all', async () => {
      const heard: string[] = [];
      for (const who of ['first', 'second', 'third']) {
        await there.subscribe('c', () => {
          heard.push(who);
          there.unsubscribe('c');
        });
      }
      here.publish('c', 1);
      const end = await collect(there, 'c');
      here.publish('c', 2);
      await end.until(1);
      expect(heard).toEqual(['first', 'second', 'third']);
    });

    it('lists the channels of all nodes', async () => {
      const noise = async (): Promise<void> => {};
      await here.subscribe('p:one', noise);
      await there.subscribe('p:two', noise);
      await there.subscribe('q.two', noise);
      expect((await here.channels()).sort()).toEqual(['p:one', 'p:two', 'q.two']);
      expect((await here.channels('p:*')).sort()).toEqual(['p:one', 'p:two']);
      expect((await there.channels('p:*')).sort()).toEqual(['p:one', 'p:two']);
      expect(await here.channels('q.t?o')).toEqual(['q.two']);
      there.unsubscribe('p:two');
      expect(await here.channels('p:*')).toEqual(['p:one']);
    });

    it('keeps texts under keys', async () => {
      expect(await text(there, 'k')).toBeNull();
      expect(await there.exists('k')).toBe(false);
      await here.set('k', 'one');
      await here.set('k', 'two "\' é');
      expect(await text(there, 'k')).toBe('two "\' é');
      expect(await there.exists('k')).toBe(true);
      await there.del('k');
      expect(await text(here, 'k')).toBeNull();
      expect(await here.exists('k')).toBe(false);
    });

    it('lets a key expire', async () => {
      await here.setex('short', 'v', 0.3);
      await here.set('later', 'v');
      await here.expire('later', 0.3);
      await here.setex('long', 'v', 100);
      expect([await text(there, 'short'), await there.exists('later')]).toEqual(['v', true]);
      await eventually(() => text(there, 'short')).toBeNull();
      await eventually(() => there.exists('later')).toBe(false);
      expect(await text(there, 'long')).toBe('v');
    });

    it('counts up and down, each count once', async () => {
      const counts = Array.from({ length: 40 }, (_, n) => (n % 2 ? here : there).incr('n'));
      expect((await Promise.all(counts)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 40 }, (_, n) => n + 1),
      );
      expect(await here.decr('n')).toBe(39);
      expect(await there.decr('other')).toBe(-1);
      expect(await text(there, 'n')).toBe('39');
    });

    it('keeps sets', async () => {
      await here.sadd('s', 'a');
      await there.sadd('s', 'b');
      await here.sadd('s', 'a');
      await here.sadd('t', 'b');
      await here.sadd('t', 'c');
      expect((await there.smembers('s')).sort()).toEqual(['a', 'b']);
      expect([await there.scard('s'), await there.scard('none')]).toEqual([2, 0]);
      expect([await there.sismember('s', 'a'), await there.sismember('s', 'c')]).toEqual([1, 0]);
      expect(await there.sinter('s', 't')).toEqual(['b']);
      await there.srem('s', 'a');
      expect(await here.smembers('s')).toEqual(['b']);
      expect(await here.smembers('none')).toEqual([]);
      await here.del('s');
      expect(await there.exists('s')).toBe(false);
    });

    it('keeps hashes', async () => {
      await here.hset('h', 'a', '1');
      await there.hset('h', 'b', '2');
      await there.hset('h', 'a', '3');
      await there.hset('h', '__proto__', 'p');
      expect(await here.hgetall('h')).toEqual(
        Object.fromEntries(Object.entries({ a: '3', b: '2', ['__proto__']: 'p' })),
      );
      expect([await here.hget('h', 'a'), await here.hget('h', 'c'), await here.hget('none', 'a')]).toEqual([
        '3',
        null,
        null,
      ]);
      expect([await there.hlen('h'), await there.hlen('none')]).toEqual([3, 0]);
      expect([await there.hdel('h', 'a'), await there.hdel('h', 'a')]).toEqual([true, false]);
      expect(await here.hgetall('none')).toEqual({});
      expect(await here.exists('h')).toBe(true);
    });

    it('counts in hashes, each count once', async () => {
      const counts = Array.from({ length: 30 }, (_, n) => (n % 2 ? here : there).hincrby('h', 'n', 2));
      expect((await Promise.all(counts)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, n) => 2 * n + 2),
      );
      expect(await here.hget('h', 'n')).toBe('60');
      expect(await there.hincrby('h', 'n', -61)).toBe(-1);
    });

    it('forgets a count some time after it was last counted', async () => {
      expect(await here.hincrbyex('h', 'n', 1, 100)).toBe(1);
      expect(await there.hincrbyex('h', 'n', 1, 0.3)).toBe(2);
      await eventually(() => here.hget('h', 'n')).toBeNull();
      expect(await there.hincrbyex('h', 'n', 1, 100)).toBe(1);
    });

    it('keeps lists in order', async () => {
      expect(await here.rpush('l', 'c', 'd')).toBe(2);
      expect(await there.lpush('l', 'b', 'a')).toBe(4);
      expect(await here.llen('l')).toBe(4);
      expect([await there.lpop('l'), await there.rpop('l')]).toEqual(['a', 'd']);
      expect([await here.lpop('l'), await here.lpop('l')]).toEqual(['b', 'c']);
      expect((await here.lpop('l')) ?? null).toBeNull();
      expect([await here.llen('l'), await here.llen('none')]).toEqual([0, 0]);
      expect(await here.rpush('l', 'again')).toBe(1);
    });

    it('hands each element of a list to one taker', async () => {
      const elements = Array.from({ length: 30 }, (_, n) => `e${n}`);
      const lengths = await Promise.all(elements.map((e, n) => (n % 2 ? here : there).rpush('l', e)));
      expect(lengths.sort((a, b) => a - b)).toEqual(elements.map((_, n) => n + 1));
      const taken = await Promise.all(
        elements.map((_, n) => (n % 2 ? here.lpop('l') : n % 4 ? there.rpop('l') : there.brpop('l', 5))),
      );
      expect(taken.map((one) => (Array.isArray(one) ? one[1] : one)).sort()).toEqual(elements.sort());
    });

    it('waits for an element that another node adds', async () => {
      const waiting = here.brpop('first', 'second', 20);
      await there.rpush('second', 'one', 'two');
      expect(await waiting).toEqual(['second', 'two']);
      expect(await there.llen('second')).toBe(1);
    });

    it('takes from the first of several lists that has something, at once', async () => {
      await there.rpush('second', 'b');
      await there.rpush('third', 'c');
      expect(await here.brpop('first', 'second', 'third', 20)).toEqual(['second', 'b']);
    });

    it('gives up waiting when its time is over', async () => {
      expect(await here.brpop('none', 0.25)).toBeNull();
    });
  });
}
