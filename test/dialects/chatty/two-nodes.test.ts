import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import type { Node } from '../../../cluster/node.ts';
import { ChattyClient } from './client.ts';

const LEASE_MS = 3_000;

/** Its requests go to one node after the other, as a balancer that knows no stickiness sends them. */
class RoundRobinClient extends ChattyClient {
  readonly #roots: readonly string[];
  #turn = 0;

  constructor(nodes: readonly Node[]) {
    super('');
    this.#roots = nodes.map(({ url }) => `${url}/chatty`);
  }

  override get root(): string {
    this.#turn += 1;
    return this.#roots[this.#turn % this.#roots.length]!;
  }
}

describe('chatty clients of two nodes', () => {
  let cluster: Cluster;
  let one: Node;
  let other: Node;
  let alice: ChattyClient;
  let bob: ChattyClient;
  let guests = 0;

  beforeAll(async () => {
    const env = { LONG_POLL_MS: '1000' };
    cluster = await startCluster({ nodes: 2, leaseMs: LEASE_MS, fsync: false, env });
    [one, other] = cluster.nodes as [Node, Node];
    [alice, bob] = [await come('alice'), await come('bob')];
  }, 300_000);
  afterAll(() => cluster?.stop());

  async function come(name: string): Promise<ChattyClient> {
    guests += 1;
    const client = await new RoundRobinClient([one, other]).guest(`${name}-${guests}`);
    expect((await client.post('loggedonly/joinChat', { chat: 'Main' })).status).toBe(200);
    return client;
  }

  const say = async (text: string) =>
    expect((await bob.post('loggedonly/postMessage', { chat: 'Main', text })).status).toBe(200);

  async function listen(client: ChattyClient, last: string): Promise<string[]> {
    const heard: string[] = [];
    while (heard.at(-1) !== last) heard.push((await client.nextOf('MessageEvent')).text);
    return heard;
  }

  it('hear everything once, in order, whichever node their next poll reaches', async () => {
    const carol = await come('carol');
    const texts = Array.from({ length: 20 }, (_, n) => `${n}`);
    const heard = Promise.all([alice, carol].map((client) => listen(client, '19')));
    for (const text of texts) await say(text);
    expect(await heard).toEqual([texts, texts]);
    // As behind the balancer itself.
    const dave = await new ChattyClient(`${cluster.url}/chatty`).guest('dave');
    await dave.post('loggedonly/joinChat', { chat: 'Main' });
    const heardByDave = listen(dave, '19');
    for (const text of texts) await say(text);
    expect(await heardByDave).toEqual(texts);
  });

  it('share what there is between polls that wait on both nodes at once', async () => {
    await alice.drain();
    const texts = Array.from({ length: 12 }, (_, n) => `${n}`);
    const heard: string[] = [];
    const poller = async (): Promise<void> => {
      while (heard.length < texts.length) {
        const { body } = await alice.poll();
        if (body !== undefined) heard.push(body.event.text);
      }
    };
    const pollers = Promise.all([poller(), poller()]);
    for (const text of texts) await say(text);
    await pollers;
    expect(heard.toSorted()).toEqual(texts.toSorted());
  });

  it('lose nothing when a node is killed with their polls', async () => {
    await alice.drain();
    const atOther = new ChattyClient(`${other.url}/chatty`);
    atOther.cookie = alice.cookie;
    const cut = atOther.poll().catch(() => undefined);
    const bobAtOne = new ChattyClient(`${one.url}/chatty`);
    bobAtOne.cookie = bob.cookie;
    const sayAtOne = (text: string) => bobAtOne.post('loggedonly/postMessage', { chat: 'Main', text });
    // Surely waiting there: it was taken there.
    await sayAtOne('first');
    expect((await cut)?.body.event.text).toBe('first');
    const waiting = atOther.poll().catch(() => undefined);
    await other.kill();
    await waiting;
    await sayAtOne('second');
    const atOne = new ChattyClient(`${one.url}/chatty`);
    atOne.cookie = alice.cookie;
    // What a node has written and not noted yet when it dies comes again: better twice than never.
    expect([['second'], ['first', 'second']]).toContainEqual(await listen(atOne, 'second'));
    await other.start();
  });
});
