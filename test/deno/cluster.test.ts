import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { type Person, person } from '../support/cast.ts';
import { createDataDir } from '../support/data-dir.ts';
import { freePort } from '../support/postgres.ts';
import { joinAt, seatAt, takeSeat } from '../support/seats.ts';
import { DENO, type ServerProcess, startProcess } from '../support/server-process.ts';

describe('a cluster of a node under Node and one under Deno', () => {
  let cluster: Cluster;
  let node: string;
  let deno: ServerProcess;
  let dataDir: string;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    const JWT_SECRET = 'a secret that all the nodes have in common';
    cluster = await startCluster({ nodes: 1, fsync: false, env: { JWT_SECRET } });
    dataDir = await createDataDir();
    const port = await freePort();
    deno = await startProcess(
      {
        DATA_DIR: dataDir,
        DATABASE_URL: cluster.postgres.url,
        NATS_URL: cluster.nats.url,
        NODE_ADDRESS: `127.0.0.1:${port}`,
        PORT: String(port),
        JWT_SECRET,
      },
      DENO,
    );
    node = cluster.nodes[0]!.url;
    alice = await person(node, 'alice');
    bob = await person(deno.url, 'bob');
  }, 300_000);
  afterAll(async () => {
    await cluster?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('passes sockets on in both directions, and lets people go over from one to the other', async () => {
    const onNode = await joinAt(node, alice, 'dialog', { userId: bob.id });
    const viaDeno = await takeSeat(bob, await seatAt(deno.url, bob, 'dialog', { userId: alice.id }));
    const onDeno = await joinAt(deno.url, alice, 'inbox');
    const bobsInbox = await joinAt(deno.url, bob, 'inbox');

    await viaDeno.request('send', { text: 'x'.repeat(8_000) });
    for (const each of [onNode, onDeno, bobsInbox]) await each.next('message');

    onDeno.room.reconnection.minUptime = 0;
    const { length } = onDeno.of('ready');
    expect(await deno.stop()).toBe(0);
    await onDeno.next('ready', () => onDeno.of('ready').length > length);
    await onNode.request('send', { text: 'Are you back?' });
    await onDeno.next('message', ({ message }) => message.text === 'Are you back?');
    for (const { room } of [onNode, onDeno]) await room.leave();
  });
});
