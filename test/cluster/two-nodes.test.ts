import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { CLOSE_CODES } from '../../src/rooms/close-codes.ts';
import { type Joined, type Person, person, personOf } from '../support/cast.ts';
import { holdConversation } from '../support/conversation.ts';
import { apiOf, signUp } from '../support/server.ts';

describe('two nodes behind a balancer', () => {
  let cluster: Cluster;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    // What arrives comes over NATS: the position check, which would find it as well, is never due.
    cluster = await startCluster({ nodes: 2, fsync: false, env: { POSITION_CHECK_MS: '600000' } });
    alice = await person(cluster.url, 'alice');
    bob = await person(cluster.url, 'bob');
  }, 300_000);
  afterAll(() => cluster?.stop());

  /** The same person, whose client goes to this node and to no other. */
  const at = (node: number, { id, username, token }: Person): Person =>
    personOf(cluster.nodes[node]!.url, { user: { id, username }, accessToken: token });

  const leave = (...joined: Joined[]): Promise<unknown> =>
    Promise.all(joined.map(({ room }) => room.leave()));

  it('hold a whole conversation with clients that reach now one, now the other', async () => {
    await holdConversation(cluster.url);
  });

  it('know everybody who signed up, wherever that was', async () => {
    for (const { url } of cluster.nodes) {
      for (const { token, username } of [alice, bob]) {
        const { status, body } = await apiOf(url, token)('GET', '/me');
        expect({ status, username: body.username }).toEqual({ status: 200, username });
      }
    }
  });

  it('show what was uploaded to the other', async () => {
    const form = new FormData();
    form.set('file', new Blob(['hello bob']), 'note.txt');
    const [one, other] = cluster.nodes;
    const headers = { Authorization: `Bearer ${alice.token}` };
    const uploaded = await fetch(`${one!.url}/api/v1/media`, { method: 'POST', headers, body: form });
    const { id } = (await uploaded.json()) as { id: string };
    const read = await fetch(`${other!.url}/api/v1/media/${id}`, { headers });
    expect({ status: read.status, text: await read.text() }).toEqual({ status: 200, text: 'hello bob' });
  });

  it('carry messages, typing, marks and presence from one to the other', async () => {
    const alices = await at(0, alice).join('dialog', { userId: bob.id });
    const inbox = await at(1, bob).join('inbox');
    await alices.until(() => alices.state.members.get(bob.id).online, 'that bob is online');
    await alices.request('send', { text: 'hello bob' });
    const { conversationId, message } = await inbox.next(
      'message',
      (each) => each.message.text === 'hello bob',
    );
    expect(conversationId).toBe(alices.room.roomId);
    await inbox.request('read', { conversationId, seq: message.seq });
    await alices.until(() => alices.state.members.get(bob.id).readSeq === message.seq, 'his mark');
    const bobs = await at(1, bob).join('dialog', { userId: alice.id });
    await bobs.request('typing', { on: true });
    await alices.until(() => alices.state.members.get(bob.id).typing, 'that bob types');
    await leave(inbox, bobs);
    await alices.until(() => !alices.state.members.get(bob.id).online, 'that bob is gone');
    await leave(alices);
  });

  it('show somebody with a device on each everything on both', async () => {
    const [phone, desk] = [await at(0, bob).join('inbox'), await at(1, bob).join('inbox')];
    const { body: group } = await at(1, alice).api('POST', '/conversations', {
      kind: 'group',
      name: 'us',
      members: [bob.id],
    });
    await phone.next('conversation', ({ conversation }) => conversation.id === group.id);
    await phone.request('send', { conversationId: group.id, text: 'from the phone' });
    await desk.next('message', ({ message }) => message.text === 'from the phone');
    await desk.request('send', { conversationId: group.id, text: 'from the desk' });
    await phone.next('message', ({ message }) => message.text === 'from the desk');
    await leave(phone, desk);
  });

  it('keep messages for who is away, and deliver them once, wherever they come back', async () => {
    const carol = await person(cluster.url, 'carol');
    const alices = await at(0, alice).join('dialog', { userId: carol.id });
    for (const node of [0, 1]) {
      const texts = [`first for ${node}`, `second for ${node}`];
      for (const text of texts) await alices.request('send', { text });
      const back = await at(node, carol).join('inbox');
      expect(back.texts).toEqual(texts);
      await back.request('delivered', { conversationId: alices.room.roomId, seq: 2 * (node + 1) });
      await leave(back);
      const again = await at(1 - node, carol).join('inbox');
      expect(again.texts).toEqual([]);
      await leave(again);
    }
    await leave(alices);
  });

  it('agree on one order of what was written on both at once', async () => {
    const carol = await person(cluster.url, 'carol');
    const alices = await at(0, alice).join('dialog', { userId: carol.id });
    const carols = await at(1, carol).join('dialog', { userId: alice.id });
    const each = 50;
    const sends = Array.from({ length: each }, (_, n) => [
      alices.request('send', { text: `alice ${n}` }),
      carols.request('send', { text: `carol ${n}` }),
    ]).flat();
    await Promise.all(sends);

    const seqs = Array.from({ length: 2 * each }, (_, n) => n + 1);
    const shownTo = (joined: Joined): number[] => joined.of('message').map(({ message }) => message.seq);
    for (const joined of [alices, carols]) {
      await joined.until(() => shownTo(joined).length === 2 * each, 'every message');
      expect(shownTo(joined)).toEqual(seqs);
    }
    const path = `/conversations/${alices.room.roomId}/messages?limit=200`;
    const histories = await Promise.all(
      [0, 1].map(async (node) => (await at(node, carol).api('GET', path)).body),
    );
    expect(histories[0].items.map((message: { seq: number }) => message.seq)).toEqual(seqs);
    expect(histories[1]).toEqual(histories[0]);
    await leave(alices, carols);
  });

  it('refuse on both who has signed out on one, and close their sockets', async () => {
    const { accessToken, api, id } = await signUp(cluster.nodes[0]!.url, `carol-${process.pid}`);
    const carol = personOf(cluster.nodes[1]!.url, { user: { id, username: 'carol' }, accessToken });
    const inbox = await carol.join('inbox');
    expect((await carol.api('GET', '/me')).status).toBe(200);
    expect((await api('DELETE', '/sessions/current')).status).toBe(204);
    expect(await inbox.left).toBe(CLOSE_CODES.ended);
    expect((await carol.api('GET', '/me')).status).toBe(401);
  });
});
