import { connect as connectRaw } from 'nats';
import { describe, expect, it, vi } from 'vitest';
import { NatsBus } from '../../src/bus/nats-bus.ts';
import { MAX_FRAME_BYTES } from '../../src/bus/nats-frames.ts';
import type { Nats } from '../support/nats.ts';
import { closeLater, listen, nats, node, settle, sharedNats } from '../support/nats-nodes.ts';
import { busConformance } from './conformance.ts';

const shared = sharedNats();

/** Somebody else who may use the same NATS. */
async function stranger({ port }: Nats) {
  const connection = await connectRaw({ servers: `127.0.0.1:${port}` });
  closeLater(connection);
  return connection;
}

busConformance('the NATS bus', async () => {
  const listenerErrors: unknown[] = [];
  const options = { url: shared.url, onError: (error: unknown) => void listenerErrors.push(error) };
  const [here, there] = [await NatsBus.connect(options), await NatsBus.connect(options)];
  return {
    buses: [here, there],
    listenerErrors,
    settle: () => settle(here, there),
    close: async () => {
      await Promise.all([here.close(), there.close()]);
    },
  };
});

describe('the NATS bus, when NATS goes and comes back', () => {
  it('loses what is published meanwhile, serves its own listeners, and hears the others again after', async () => {
    const server = await nats({});
    const here = await node(server.url);
    const there = await node(server.url);
    const heardHere = listen(here.bus, 'conversation.1');
    const heardThere = listen(there.bus, 'conversation.1');
    await settle(here.bus, there.bus);
    here.bus.publish('conversation.1', { n: 1 });
    await vi.waitFor(() => expect(heardThere).toEqual([{ n: 1 }]));

    await server.stop();
    await vi.waitFor(() =>
      expect([here.bus.state, there.bus.state]).toEqual(['disconnected', 'disconnected']),
    );
    here.bus.publish('conversation.1', { n: 2 });
    expect(heardHere).toEqual([{ n: 1 }, { n: 2 }]);
    expect(here.bus.counters).toMatchObject({ published: 1, droppedOut: 1 });
    const late = listen(there.bus, 'conversation.2');
    there.bus.subscribe('conversation.3', () => {}).close();

    await server.restart();
    await vi.waitFor(
      () => expect([here.bus.state, there.bus.state]).toEqual(['connected', 'connected']),
      8_000,
    );
    await settle(here.bus, there.bus);
    here.bus.publish('conversation.1', { n: 3 });
    here.bus.publish('conversation.2', { n: 4 });
    here.bus.publish('conversation.3', { n: 5 });
    await vi.waitFor(() => expect(late).toEqual([{ n: 4 }]));
    expect(heardThere).toEqual([{ n: 1 }, { n: 3 }]);
    expect(heardHere).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await settle(here.bus, there.bus);
    expect(there.bus.counters).toMatchObject({ received: 3, droppedIn: 0 });
    expect([...new Set(here.states)]).toEqual(['connected', 'disconnected']);
    expect(here.states.at(-1)).toBe('connected');
    expect([...here.errors, ...there.errors]).toEqual([]);
  });

  it('notices a NATS that stopped answering, keeps no more for it than its limit, and recovers', async () => {
    const server = await nats({});
    const here = await node(server.url);
    const there = await node(server.url);
    const heard = listen(there.bus, 'end');
    await settle(there.bus);
    const large = { text: 'x'.repeat(MAX_FRAME_BYTES - 100) };
    process.kill(server.pid, 'SIGSTOP');
    try {
      for (let n = 0; n < 100; n += 1) here.bus.publish('conversation.1', large);
      expect(here.bus.counters.droppedOut).toBeGreaterThan(50);
      await vi.waitFor(() => expect(here.bus.state).toBe('disconnected'), 10_000);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await vi.waitFor(
      () => expect([here.bus.state, there.bus.state]).toEqual(['connected', 'connected']),
      10_000,
    );
    await settle(here.bus, there.bus);
    here.bus.publish('end', {});
    await vi.waitFor(() => expect(heard).toEqual([{}]));
  });

  it('comes back through a server that was down at the start', async () => {
    const first = await nats({});
    const second = await nats({});
    await first.stop();
    const { bus, states } = await node(`${first.url},${second.url}`);
    await first.restart();
    await second.stop();
    // What it told, and not what it is: it may be away for less than a look at it takes.
    await vi.waitFor(
      () => expect([states.includes('disconnected'), states.at(-1)]).toEqual([true, 'connected']),
      8_000,
    );
    await settle(bus);
  });

  it('closes while it is away', async () => {
    const server = await nats({});
    const { bus } = await node(server.url);
    await server.stop();
    await vi.waitFor(() => expect(bus.state).toBe('disconnected'));
    await bus.close();
    expect(await bus.flush()).toBe(false);
  });
});

describe('frames on NATS', () => {
  it('are dropped and counted when no node of ours would have sent them', async () => {
    const server = await nats({ config: { max_payload: 8 * MAX_FRAME_BYTES } });
    const { bus, errors } = await node(server.url);
    const heard = listen(bus, 'user.alice');
    await settle(bus);
    const other = await stranger(server);
    const tooLarge = JSON.stringify({ text: 'x'.repeat(MAX_FRAME_BYTES) });
    const bad = ['', '{"half":', '7', 'null', '"text"', new Uint8Array([0x22, 0xff, 0x22]), tooLarge];
    for (const frame of bad) other.publish('parlour.user.alice', frame);
    other.publish('parlour.user.alice', '{"good":true}');
    await vi.waitFor(() => expect(heard).toEqual([{ good: true }]));
    expect(bus.counters).toMatchObject({ received: 1, droppedIn: bad.length });
    expect(errors).toEqual([]);
  });

  it('are not sent when they are too large for us or for NATS; local listeners hear them', async () => {
    const server = await nats({ config: { max_payload: 1_000 } });
    const here = await node(server.url);
    const roomy = await node(shared.url);
    const large = { text: 'x'.repeat(1_000) };
    const huge = { text: 'x'.repeat(MAX_FRAME_BYTES) };
    for (const [{ bus }, payload] of [
      [here, large],
      [roomy, huge],
    ] as const) {
      const heard = listen(bus, 'user.alice');
      bus.publish('user.alice', payload);
      bus.publish('user.alice', { n: 2 });
      expect(heard).toEqual([payload, { n: 2 }]);
      expect(bus.counters).toMatchObject({ published: 1, droppedOut: 1 });
      await settle(bus);
    }
  });

  it('do not exist for what is no JSON: that is reported, not thrown', async () => {
    const { bus, errors } = await node(shared.url);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    bus.publish('user.alice', circle);
    expect(errors).toEqual([expect.any(TypeError)]);
    expect(bus.counters).toMatchObject({ published: 0, droppedOut: 1 });
  });

  it('are encoded once for many topics in a row, and again when the object is published later', async () => {
    const here = await node(shared.url);
    const there = await node(shared.url);
    let encoded = 0;
    const payload = { n: 1, toJSON: () => ({ n: ++encoded }) };
    const heard = [...Array(100).keys()].map((n) => listen(there.bus, `user.${n}`));
    await settle(there.bus);
    for (let n = 0; n < 100; n += 1) here.bus.publish(`user.${n}`, payload);
    await vi.waitFor(() => expect(heard.flat()).toHaveLength(100));
    expect(encoded).toBe(1);
    here.bus.publish('user.0', payload);
    await vi.waitFor(() => expect(heard[0]).toEqual([{ n: 1 }, { n: 2 }]));
  });

  it('stay on their topic whatever it is called, and in their cluster', async () => {
    const here = await node(shared.url);
    const there = await node(shared.url);
    const elsewhere = await node(shared.url, { prefix: 'other' });
    const topics = [
      'user.*',
      'user.>',
      'user alice',
      'a..b',
      '.',
      '',
      'x\r\nPUB y 0',
      'ü',
      '~',
      'l'.repeat(9_000),
    ];
    const heard = topics.map((topic) => listen(there.bus, topic));
    const plain = listen(there.bus, 'user.alice');
    const foreign = listen(elsewhere.bus, 'user.alice');
    await settle(there.bus, elsewhere.bus);
    for (const topic of [...topics, 'user.alice']) here.bus.publish(topic, { topic });
    await vi.waitFor(() => expect(plain).toEqual([{ topic: 'user.alice' }]));
    expect(heard).toEqual(topics.map((topic) => [{ topic }]));
    await settle(here.bus, elsewhere.bus);
    expect(foreign).toEqual([]);
    await expect(node(shared.url, { prefix: 'bad prefix' })).rejects.toThrow('prefix');
  });
});
