import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { type Person, person, personOf } from '../support/cast.ts';
import { textsOf } from '../support/conversation.ts';

const PATIENCE = { timeout: 25_000 };

describe('a cluster whose parts come and go', () => {
  let cluster: Cluster;
  let alice: Person;
  let dialog: string;

  beforeAll(async () => {
    // With fsync: what was acknowledged must outlive a crash of PostgreSQL.
    cluster = await startCluster({ nodes: 1, natsLines: true });
    alice = await person(cluster.url, 'alice');
    const bob = await person(cluster.url, 'bob');
    const { body } = await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id });
    dialog = body.id;
  }, 300_000);
  afterAll(() => cluster?.stop());

  const send = async (text: string): Promise<number> =>
    (await alice.api('POST', `/conversations/${dialog}/messages`, { text, clientId: text })).status;

  it('takes one more node, which knows everything', async () => {
    expect(await send('before it came')).toBe(201);
    const { url, name } = await cluster.addNode();
    expect(cluster.balancer.healthOf(name)).toBe('ready');
    const { id, username, token } = alice;
    const there = personOf(url, { user: { id, username }, accessToken: token });
    expect(await textsOf(there, dialog)).toEqual(['before it came']);
  });

  it('has a node back at its place after a restart', async () => {
    const node = cluster.nodes[1]!;
    const { pid, url } = node;
    await node.restart();
    expect(node.pid).not.toBe(pid);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect(node.output()).toContain('ended with exit code 0');
    await expect.poll(() => cluster.balancer.healthOf(node.name), PATIENCE).toBe('ready');
  });

  it.each(['fast', 'immediate'] as const)(
    'has every acknowledged message after a %s restart of PostgreSQL, and goes on by itself',
    async (how) => {
      expect(await send(`before the ${how} one`)).toBe(201);
      const { url, pid } = cluster.postgres;
      await cluster.postgres.restart(how);
      expect({ url: cluster.postgres.url, same: cluster.postgres.pid === pid }).toEqual({ url, same: false });
      await expect.poll(() => send(`after the ${how} one`), PATIENCE).toBe(201);
      const texts = await textsOf(alice, dialog);
      expect(texts.slice(-2)).toEqual([`before the ${how} one`, `after the ${how} one`]);
    },
  );

  it('notices when NATS falls silent to one node, and when it is heard again', async () => {
    const [deaf, other] = cluster.nodes;
    const stateOf = async (url: string): Promise<string> => {
      const ready: any = await (await fetch(`${url}/ready`)).json();
      return ready.status;
    };
    expect(await stateOf(deaf!.url)).toBe('ready');
    deaf!.nats!.silence();
    await expect.poll(() => stateOf(deaf!.url), PATIENCE).toBe('degraded');
    expect(await stateOf(other!.url)).toBe('ready');
    deaf!.nats!.heal();
    await expect.poll(() => stateOf(deaf!.url), PATIENCE).toBe('ready');
  });
});
