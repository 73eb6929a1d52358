import { LocalPresence } from '@colyseus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { LOOK_AGAIN_MS } from '../../src/bus/colyseus/lists.ts';
import { type ColyseusNodes, quietBus, startNodes } from './colyseus-nodes.ts';
import { presenceConformance } from './presence-conformance.ts';

presenceConformance("Colyseus' local presence", async () => {
  const presence = new LocalPresence();
  return { presences: [presence, presence], close: async () => {} };
});

presenceConformance('the presence over a bus and PostgreSQL', async () => {
  const { nodes, close } = await startNodes();
  return { presences: [nodes[0].presence, nodes[1].presence], close };
});

/** As in Redis, and unlike Colyseus' local presence. */
describe('keys in PostgreSQL', () => {
  let under: ColyseusNodes;
  beforeEach(async () => {
    under = await startNodes();
  });
  afterEach(() => under.close());
  const here = () => under.nodes[0].presence;
  const there = () => under.nodes[1].presence;
  const gone = (key: string) =>
    expect.poll(() => there().exists(key), { timeout: 10_000, interval: 20 }).toBe(false);

  it('lets collections expire as a whole, with what is added meanwhile', async () => {
    await here().sadd('k', 'a');
    await here().hset('k', 'a', '1');
    await here().rpush('k', 'a');
    expect(await here().expire('k', 0.4)).toBe(true);
    await there().sadd('k', 'b');
    await there().hset('k', 'b', '2');
    await there().hincrby('k', 'c', 1);
    await there().lpush('k', 'b');
    expect(await there().scard('k')).toBe(2);
    await gone('k');
    expect([await here().smembers('k'), await here().hgetall('k'), await here().llen('k')]).toEqual([
      [],
      {},
      0,
    ]);
    expect(await here().expire('k', 100)).toBe(false);
  });

  it('starts anew, and for ever, after an expiry', async () => {
    await here().setex('k', '5', 0.05);
    await gone('k');
    expect(await here().incr('k')).toBe(1);
    await here().sadd('s', 'a');
    await here().rpush('l', 'a');
    await here().expire('s', 0.05);
    await here().expire('l', 0.05);
    await gone('s');
    await gone('l');
    expect([await here().sadd('s', 'a'), await here().rpush('l', 'b')]).toEqual([1, 1]);
    // Twice as long as they lived before.
    await here().brpop('nothing', 0.1);
    expect([await there().get('k'), await there().scard('s'), await there().llen('l')]).toEqual(['1', 1, 1]);
  });

  it('forgets the expiry of a key that is set again', async () => {
    await here().setex('k', 'old', 0.05);
    await here().set('k', 'new');
    await here().setex('other', 'v', 0.05);
    await gone('other');
    expect(await there().get('k')).toBe('new');
  });

  it('intersects any number of sets', async () => {
    for (const [set, members] of Object.entries({ a: '123', b: '234', c: '345' })) {
      for (const member of members) await here().sadd(set, member);
    }
    expect(await there().sinter('a', 'b', 'c')).toEqual(['3']);
    expect((await there().sinter('a', 'a')).sort()).toEqual(['1', '2', '3']);
    expect(await there().sinter('a', 'none')).toEqual([]);
  });

  it('answers null for what an empty list has, and takes an emptied list for absent', async () => {
    expect([await here().rpop('l'), await here().lpop('l')]).toEqual([null, null]);
    await here().rpush('l', 'a');
    await here().rpop('l');
    expect(await there().exists('l')).toBe(false);
  });

  it('refuses to count what is no number', async () => {
    await here().set('k', 'many');
    await expect(there().incr('k')).rejects.toThrow();
    expect(await there().get('k')).toBe('many');
  });

  it('wakes up by a hint, long before it would look again by itself', async () => {
    const start = performance.now();
    for (let round = 0; round < 5; round += 1) {
      const waiting = here().brpop('l', 20);
      // Its first look has found nothing when this one is answered.
      expect(await there().llen('l')).toBe(0);
      await there().rpush('l', `${round}`);
      expect(await waiting).toEqual(['l', `${round}`]);
    }
    expect(performance.now() - start).toBeLessThan(3 * LOOK_AGAIN_MS);
  });

  it('waits without end when the time to wait is 0', async () => {
    const waiting = here().brpop('l', 0);
    expect(await there().brpop('m', 0.1)).toBeNull();
    await there().lpush('l', 'a');
    expect(await waiting).toEqual(['l', 'a']);
  });

  it('lets go of those who wait when it is shut down, and delivers nothing more', async () => {
    const waiting = here().brpop('l', 0);
    const heard: unknown[] = [];
    await here().subscribe('c', (data) => heard.push(data));
    await here().shutdown();
    expect(await waiting).toBeNull();
    there().publish('c', 1);
    expect(heard).toEqual([]);
  });
});

describe('a presence in bad times', () => {
  let under: ColyseusNodes;
  afterEach(() => under.close());

  it('finds what was pushed even if the bus loses the hint', async () => {
    const deaf: Bus = { publish() {}, subscribe: () => ({ close() {} }), close: async () => {} };
    under = await startNodes(undefined, deaf);
    const waiting = under.nodes[0].presence.brpop('l', 20);
    await under.nodes[1].presence.rpush('l', 'a');
    expect(await waiting).toEqual(['l', 'a']);
  });

  it('lists channels without a node that does not answer', async () => {
    const bus = quietBus();
    under = await startNodes(undefined, bus);
    const [here, there] = under.nodes;
    // A node that was stalled before its lease has ended.
    await under.sql(
      "insert into colyseus_node (id, lease_until) values ('stalled', now() + interval '1 minute')",
    );
    await here.presence.subscribe('p:one', () => {});
    await there.presence.subscribe('p:two', () => {});
    expect((await here.presence.channels('p:*')).sort()).toEqual(['p:one', 'p:two']);
  });

  it('lists thousands of channels of another node', async () => {
    under = await startNodes();
    const [here, there] = under.nodes;
    const names = Array.from({ length: 2_345 }, (_, n) => `$room${n}`);
    for (const name of names) await there.presence.subscribe(name, () => {});
    expect((await here.presence.channels('$*')).sort()).toEqual(names.sort());
  });

  it('goes on with its channels while PostgreSQL is away, and ends no process by what nobody waits for', async () => {
    under = await startNodes();
    const [{ presence, wire }, { presence: other }] = under.nodes;
    wire.state = 'down';
    const heard = new Promise((resolve) => presence.subscribe('c', resolve));
    other.publish('c', 'still here');
    expect(await heard).toBe('still here');
    // vitest fails a run in which a rejection stays unhandled.
    presence.hset('roomcount', 'p1', '1,2');
    presence.channels();
    presence.brpop('l', 1);
    presence.del('k');
    expect(await presence.hincrbyex('ch:group', 'key', 1, 1)).toBe(1);
    await expect(presence.get('k')).rejects.toThrow('cut');
  });
});
