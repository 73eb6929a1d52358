import { Client } from '@colyseus/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import type { Node } from '../../cluster/node.ts';
import { Joined, type Person, person } from '../support/cast.ts';
import { joinAt } from '../support/seats.ts';
import { apiOf } from '../support/server.ts';

/** A machine that is busy with other tests, too, must not keep a node from renewing it in time. */
const LEASE_MS = 5_000;

describe('whoever was on a node that goes', () => {
  let cluster: Cluster;
  let going: Node;
  let staying: Node;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let group: string;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, leaseMs: LEASE_MS, fsync: false });
    [going, staying] = cluster.nodes as [Node, Node];
    alice = await person(cluster.url, 'alice');
    bob = await person(cluster.url, 'bob');
    carol = await person(cluster.url, 'carol');
    const members = [bob.id, carol.id];
    const { body } = await alice.api('POST', '/conversations', { kind: 'group', name: 'tea', members });
    group = body.id;
  }, 300_000);
  afterAll(() => cluster?.stop());

  let aliceIsIn: Joined;
  let bobIsIn: Joined;
  beforeEach(async () => {
    aliceIsIn = await arrive(alice, 'group', { id: group });
    bobIsIn = await arrive(bob, 'group', { id: group });
  });
  afterEach(async () => {
    for (const { room } of [aliceIsIn, bobIsIn]) if (room.connection.isOpen) await room.leave();
    if (!going.running) await going.start();
  });

  /** Through the balancer, into a room that opens on the node that is about to go. */
  async function arrive(who: Person, room: string, options?: object): Promise<Joined> {
    const joined = await joinAt(going.url, who, room, options);
    // The SDK itself would wait for five seconds before it thinks a room worth coming back to.
    joined.room.reconnection.minUptime = 0;
    return joined;
  }

  const back = (joined: Joined): Promise<unknown> => {
    const ready = joined.of('ready').length;
    return joined.next('ready', () => joined.of('ready').length > ready);
  };

  async function bothTalk(): Promise<void> {
    const text = `Still here? ${Math.random()}`;
    const { seq } = await aliceIsIn.request('send', { text });
    await bobIsIn.next('message', ({ message }) => message.text === text);
    await bobIsIn.request('read', { seq });
    await aliceIsIn.until(() => aliceIsIn.state.members.get(bob.id).readSeq === seq, 'that bob has read');
  }

  it('comes back on another one by itself when it is stopped, and misses nothing', async () => {
    const carolsInbox = await arrive(carol, 'inbox');
    await bothTalk();
    await carolsInbox.next('message');
    await carolsInbox.request('delivered', { conversationId: group, seq: 1 });
    const all = [aliceIsIn, bobIsIn, carolsInbox].map(back);
    expect(await going.stop()).toBe(0);
    // While they are on their way.
    const { body } = await apiOf(staying.url, bob.token)('POST', `/conversations/${group}/messages`, {
      text: 'Anybody?',
    });
    await Promise.all(all);
    for (const each of [aliceIsIn, carolsInbox])
      await each.next('message', ({ message }) => message.id === body.id);
    await bothTalk();
    await carolsInbox.next('message', ({ message }) => message.seq === body.seq + 1);
    expect(carolsInbox.of('message').map(({ message }) => message.seq)).toEqual([1, 2, 3]);
    await carolsInbox.room.leave();
  });

  it('comes back likewise when it is killed, as soon as its lease has ended', async () => {
    const both = [aliceIsIn, bobIsIn].map(back);
    await going.kill();
    await Promise.all(both);
    await bothTalk();
  });

  it('sees in the room who came and who left meanwhile', async () => {
    const dave = await person(staying.url, 'dave');
    const both = [aliceIsIn, bobIsIn].map(back);
    await going.kill();
    const there = apiOf(staying.url, alice.token);
    expect(await there('POST', `/conversations/${group}/members`, { userIds: [dave.id] })).toMatchObject({
      status: 200,
    });
    expect(await there('DELETE', `/conversations/${group}/members/${carol.id}`)).toMatchObject({
      status: 204,
    });
    await Promise.all(both);
    for (const each of [aliceIsIn, bobIsIn]) {
      const members = (): string[] => [...each.state.members.keys()].toSorted();
      await each.until(() => !members().includes(carol.id), 'that carol has left');
      expect(members()).toEqual([alice.id, bob.id, dave.id].toSorted());
    }
  });

  it('can be brought back by another client with its token', async () => {
    const { reconnectionToken } = aliceIsIn.room;
    aliceIsIn.room.reconnection.enabled = false;
    await going.kill();
    const again = new Joined(await new Client(cluster.url).reconnect(reconnectionToken));
    await again.next('ready');
    expect(again.state.members.get(alice.id).online).toBe(true);
    await again.room.leave();
  });

  it('does not come back when its session has ended', async () => {
    const { body } = await apiOf(staying.url)('POST', '/accounts', {
      username: `erin-${process.pid}`,
      password: 'correct horse battery',
    });
    const erin = { ...alice, client: new Client(cluster.url), token: body.accessToken };
    const inbox = await arrive(erin, 'inbox');
    await going.kill();
    await apiOf(staying.url, erin.token)('DELETE', '/sessions/current');
    expect(await inbox.left).toBe(4003);
  });
});
