import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { apiOf } from '../../support/server.ts';
import { ownUrl } from '../support/own-port.ts';
import { clientWith, native, registered, signedIn } from './client.ts';

/** As the original's architecture has it: bob is at one server, alice at two. */
describe('chatable on two nodes', () => {
  let cluster: Cluster;
  let one: string;
  let two: string;
  let twosOwn: string;
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, fsync: false, env: { CHATABLE_PORT: '0' } });
    [one, two] = cluster.nodes.map((node) => `${node.url}/chatable`) as [string, string];
    twosOwn = ownUrl(cluster.nodes[1]!, 'chatable');
  }, 300_000);
  afterAll(() => cluster?.stop());

  it('brings a message to all connections of its recipient, wherever they are', async () => {
    const [bob, alice] = [await registered(one, 'bob'), await registered(two, 'alice')];
    const aliceOnOne = clientWith(one, alice.username, alice.keys);
    const aliceOnTwosPort = clientWith(twosOwn, alice.username, alice.keys);
    const hers = [await alice.connect(), await aliceOnOne.connect(), await aliceOnTwosPort.connect()];
    const his = await bob.connect();
    his.send({ author: bob.username, recipient: alice.username, message: 'hello' });
    for (const socket of hers)
      expect(await socket.next()).toMatchObject({ author: bob.username, message: 'hello' });
    for (const client of [alice, aliceOnOne, aliceOnTwosPort])
      expect((await client.get(`/api/thread/${bob.username}`)).body.data).toHaveLength(1);
    hers[2]!.send({ recipient: bob.username, message: 'and back' });
    expect(await his.next()).toMatchObject({ author: alice.username, message: 'and back' });

    const bobs = await native({ url: cluster.url, api: apiOf(cluster.url) }, bob);
    const room = await bobs.join('inbox');
    hers[0]!.send({ recipient: bob.username, message: 'to both of yours' });
    await room.next('message', ({ message }) => message.text === 'to both of yours');
    await room.room.leave();
    for (const socket of [...hers, his]) await socket.close();
  });

  it('closes the sockets of a key pair that is given back at another node', async () => {
    const bob = await registered(one, 'bob');
    const phone = await signedIn(two, bob.username);
    const [desk, there] = [await bob.connect(), await phone.connect()];
    const token = `access_token=${bob.token}`;
    expect((await fetch(`${two}/api/auth_token?${token}`, { method: 'DELETE' })).status).toBe(200);
    await desk.closed;
    expect((await fetch(`${one}/api/inbox?${token}`)).status).toBe(401);
    expect(there.isOpen).toBe(true);
    await there.close();
  });
});
