import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { names, register, signIn } from './people.ts';

describe('gmessenger on two nodes', () => {
  let cluster: Cluster;
  let one: string;
  let two: string;
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, fsync: false });
    [one, two] = cluster.nodes.map(({ url }) => `${url}/gmessenger`) as [string, string];
  }, 300_000);
  afterAll(() => cluster?.stop());

  it('brings a message to all that the other one has open, on both', async () => {
    const [a, b] = names();
    const alice = await register(one, a);
    await register(two, b);
    const [here, there] = [await signIn(one, b), await signIn(two, b)];
    const hers = await alice.socket(`/dialog/${b}/ws`);
    const his = [
      await here.socket(`/dialog/${a}/ws`),
      await there.socket(`/dialog/${a}/ws`),
      await there.socket('/chats/ws'),
    ];
    hers.send({ type: 'send_message', payload: { text: 'hello' } });
    for (const socket of his)
      await socket.find(({ payload }) => (payload.message ?? payload).text === 'hello', 'hello');
    await hers.find(({ type, payload }) => type === 'message_status' && payload.status === 'read');
    const online = { user_login: b, is_online: true };
    expect((await hers.find(({ type }) => type === 'user_status')).payload).toMatchObject(online);
  });

  it('spends a one-time token once, wherever it is shown', async () => {
    const alice = await register(one, names()[0]);
    const { ws_otp: otp } = (await alice.get('/otp')).body;
    const there = await RawSocket.open(`${two}/chats/ws?otp=${otp}`);
    expect((await RawSocket.refused(`${one}/chats/ws?otp=${otp}`)).status).toBe(401);
    await there.close();
  });

  it('ends a socket on one with the session that ends on the other', async () => {
    const [a] = names();
    await register(one, a);
    const there = await signIn(two, a);
    const socket = await there.socket('/chats/ws');
    const response = await fetch(`${one}/logout`, { method: 'POST', headers: { cookie: there.cookie } });
    expect(response.status).toBe(200);
    expect((await socket.closed).code).toBe(1008);
  });
});
