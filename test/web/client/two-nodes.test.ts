import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { type Person, person } from '../../support/cast.ts';
import { apiOf } from '../../support/server.ts';
import { closeAfterEach, openPage, textsOf } from './page.ts';

describe('a page whose node is killed', () => {
  let cluster: Cluster;
  let bob: Person;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, leaseMs: 3_000, fsync: false });
    bob = await person(cluster.url, 'bob');
  }, 300_000);
  afterAll(() => cluster?.stop());
  closeAfterEach();

  it('goes on over another one, with what was said meanwhile and what it says itself', async () => {
    const alice = await openPage(cluster.url, 'alice');
    const dialog = await alice.client.openDialog({ userId: bob.id });
    await alice.client.open(dialog);
    await alice.until((now) => now.connection === 'online');
    const texts: string[] = [];
    // Whichever of them the page is on, it is on it once.
    for (const [node, other] of [cluster.nodes, cluster.nodes.toReversed()]) {
      await node!.kill();
      const [theirs, own] = [`bob without ${node!.name}`, `alice without ${node!.name}`];
      const sent = await apiOf(other!.url, bob.token)('POST', `/conversations/${dialog}/messages`, {
        text: theirs,
      });
      expect(sent.status).toBe(201);
      await alice.client.send(dialog, { text: own });
      texts.push(theirs, own);
      await alice.until(() => textsOf(alice, dialog).length === texts.length, 'both messages');
      await alice.until((now) => now.outbox.size === 0 && now.connection === 'online');
      await node!.start();
    }
    expect(textsOf(alice, dialog).toSorted()).toEqual(texts.toSorted());
  }, 120_000);
});
