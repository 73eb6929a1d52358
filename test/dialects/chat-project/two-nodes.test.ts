import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { befriend, type Client, client, clientOf } from './support.ts';

let cluster: Cluster;
let alice: Client;
let bob: Client;
/** As these people's clients are when they were sent to the other node. */
let elsewhere: (one: Client) => Client;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, fsync: false });
  const [one, two] = cluster.nodes.map((node) => `${node.url}/chat-project`) as [string, string];
  alice = await client(one, 'alice');
  bob = await client(two, 'bob');
  elsewhere = (person) => clientOf(person.at === one ? two : one, person.username, person);
}, 300_000);
afterAll(() => cluster?.stop());

it('reaches all sockets of both on every node, and their marks come back', async () => {
  const channel = await befriend(alice, bob);
  const sockets = await Promise.all(
    [alice, elsewhere(alice), bob, elsewhere(bob)].map((each) => each.socket()),
  );
  const [first, second, third, fourth] = sockets as [any, any, any, any];
  const isMessage = (frame: any) => frame.payload === 'from node to node';
  first.send({ type: 'friendship', channel, payload: 'from node to node' });
  const frame = await third.find(isMessage);
  for (const socket of sockets) expect(await socket.find(isMessage)).toEqual(frame);
  fourth.send({ type: 'friendship_notification_seen', channel, message: frame.message.message.id });
  for (const socket of [first, second])
    expect((await socket.find((each: any) => each.event === 'seen')).message.message.id).toBe(
      frame.message.message.id,
    );
  const out = await elsewhere(bob).ask('POST', '/api/users/logout/', { refresh: bob.refresh });
  expect(out.status).toBe(200);
  for (const socket of [third, fourth]) expect(await socket.closed).toMatchObject({ code: 4001 });
  await Promise.all([first, second].map((each) => each.close()));
});
