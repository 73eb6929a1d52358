import io, { type Client } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { befriend, type Gnw, poster, signUp } from './people.ts';

describe('GNW on two nodes', () => {
  let cluster: Cluster;
  let one: string;
  let two: string;
  let alice: Gnw;
  let bob: Gnw;
  let dialog: string;
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, fsync: false });
    [one, two] = cluster.nodes.map((node) => `${node.url}/gnw`) as [string, string];
    [alice, bob] = [await signUp(one, 'alice'), await signUp(two, 'bob')];
    dialog = await befriend(alice, bob);
  }, 300_000);
  afterAll(() => cluster?.stop());

  const say = (payload: string) => ({ cId: dialog, message: { type: 'text', payload } });

  async function connect(url: string, { token }: Gnw, transports: string[]): Promise<Client> {
    const { origin } = new URL(url);
    const client = io(origin, { path: '/gnw/socket.io', transports, forceNew: true, forceNode: true });
    await new Promise((resolve) => client.once('connect', resolve));
    await new Promise((resolve) => client.emit('connection', { token }, resolve));
    return client;
  }

  const heard = (client: Client, payload: string) =>
    new Promise<any>((resolve) => {
      client.on('chatMessage', (message) => message.payload === payload && resolve(message));
    });

  it('brings a message from the one to everybody who is connected to the other, however they are', async () => {
    const alices = await RawSocket.open(`${one}/ws?token=${alice.token}`);
    const plain = await RawSocket.open(`${two}/ws?token=${bob.token}`);
    const polling = await connect(two, bob, ['polling']);
    const both = await connect(two, bob, ['polling', 'websocket']);
    const news = [polling, both].map((client) => heard(client, 'Hello over there'));
    alices.send({ event: 'chatMessage', data: say('Hello over there') });
    const { data } = await plain.find(({ event }) => event === 'chatMessage');
    expect(data).toMatchObject({ payload: 'Hello over there', from: alice.username, cId: dialog });
    expect(await Promise.all(news)).toEqual([data, data]);
    for (const client of [polling, both]) client.close();
    for (const socket of [alices, plain]) await socket.close();
  });

  it('lets a client poll at whichever node the balancer chooses, and open its socket there', async () => {
    for (const transports of [['polling'], ['polling', 'websocket']]) {
      const client = await connect(cluster.url, alice, transports);
      for (let n = 0; n < 6; n += 1) {
        const payload = `${transports} ${n}`;
        const news = heard(client, payload);
        client.emit('chatMessage', say(payload));
        await news;
      }
      expect(client.connected).toBe(true);
      client.close();
    }
  });

  it('ends the sockets of a session on the one that is signed out on the other', async () => {
    const carol = await signUp(one, 'carol');
    const socket = await RawSocket.open(`${two}/ws?token=${carol.token}`);
    const client = await connect(two, carol, ['polling']);
    const gone = new Promise((resolve) => client.once('disconnect', resolve));
    await poster(one, carol.token)('/logout');
    expect((await socket.closed).code).toBe(4001);
    expect(await gone).toBe('io server disconnect');
  });
});
