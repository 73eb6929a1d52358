import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { type Joined, type Person, person } from '../support/cast.ts';
import { joinAt } from '../support/seats.ts';

const TOKEN = 'a-token-for-the-measurements-of-this-test';

describe('nodes that lose NATS', () => {
  let cluster: Cluster;
  let one: string;
  let two: string;
  let alice: Person;
  let bob: Person;
  let alicesInbox: Joined;
  let bobsInbox: Joined;
  let dialog: string;

  beforeAll(async () => {
    cluster = await startCluster({
      nodes: 2,
      fsync: false,
      natsLines: true,
      // Long, so that what arrives at once did not come by the position check.
      env: { POSITION_CHECK_MS: '1500', METRICS_TOKEN: TOKEN },
    });
    [one, two] = cluster.nodes.map((node) => node.url) as [string, string];
    alice = await person(one, 'alice');
    bob = await person(two, 'bob');
    alicesInbox = await joinAt(one, alice, 'inbox');
    bobsInbox = await joinAt(two, bob, 'inbox');
    const { body } = await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id });
    dialog = body.id;
  }, 300_000);
  afterAll(() => cluster?.stop());

  const ready = async (node: string): Promise<any> => (await fetch(`${node}/ready`)).json();
  const bus = async (node: string): Promise<Record<string, number>> => {
    const text = await (
      await fetch(`${node}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } })
    ).text();
    const lines = text.matchAll(/^parlour_bus_(\w+)_total (\d+)$/gm);
    return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
  };
  async function bobHears(text: string): Promise<void> {
    await alicesInbox.request('send', { conversationId: dialog, text });
    await bobsInbox.next('message', ({ message }) => message.text === text);
  }

  it('count what goes and comes over it', async () => {
    await bobHears('over NATS');
    expect((await bus(one)).published).toBeGreaterThan(0);
    expect((await bus(two)).received).toBeGreaterThan(0);
    expect(await ready(one)).toMatchObject({
      status: 'ready',
      bus: { kind: 'nats', state: 'ok' },
    });
  });

  it('say that they are degraded, serve their people and deliver by the position check', async () => {
    await cluster.nats.stop();
    for (const node of [one, two]) {
      await expect.poll(() => ready(node)).toMatchObject({ bus: { kind: 'nats', state: 'failing' } });
      expect((await fetch(`${node}/ready`)).status).toBe(200);
    }
    await bobHears('without NATS');
    const carol = await person(two, 'carol');
    const carolsDialog = await joinAt(two, carol, 'dialog', { userId: bob.id });
    await carolsDialog.request('send', { text: 'a new room' });
    await bobsInbox.next('message', ({ message }) => message.text === 'a new room');
    // Its room may be out of reach on the other node; then it opens here.
    const again = await joinAt(two, bob, 'dialog', { userId: alice.id });
    await again.request('send', { text: 'answer' });
    await alicesInbox.next('message', ({ message }) => message.text === 'answer');
    expect((await bus(one)).dropped_out).toBeGreaterThan(0);
  });

  it('come back to an empty one by themselves', async () => {
    await cluster.nats.restart();
    for (const node of [one, two])
      await expect.poll(() => ready(node), { timeout: 10_000 }).toMatchObject({ status: 'ready' });
    const { received } = await bus(two);
    await bobHears('over NATS again');
    expect((await bus(two)).received).toBeGreaterThan(received!);
  });

  it('do not mind when only one of them is cut off', async () => {
    const [cut] = cluster.nodes;
    cut!.nats!.refuse();
    await expect.poll(() => ready(one)).toMatchObject({ bus: { state: 'failing' } });
    expect(await ready(two)).toMatchObject({ status: 'ready' });
    await bobHears('past the cut');
    cut!.nats!.heal();
    await expect.poll(() => ready(one), { timeout: 10_000 }).toMatchObject({ status: 'ready' });
  });
});
