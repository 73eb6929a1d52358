import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('the list of conversations', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    carol = await person(server.url, 'carol');
  });

  const dialog = async (one: Person, other: Person): Promise<string> =>
    (await one.api('POST', '/conversations', { kind: 'dialog', userId: other.id })).body.id;
  const group = async (name: string, one: Person, ...others: Person[]): Promise<string> =>
    (
      await one.api('POST', '/conversations', {
        kind: 'group',
        name,
        members: others.map((other) => other.id),
      })
    ).body.id;
  const say = (one: Person, id: string, text: string) =>
    one.api('POST', `/conversations/${id}/messages`, { text });
  const list = async (one: Person) => (await one.api('GET', '/conversations')).body.items;

  it('puts first what changed last, and shows what was said last', async () => {
    const withBob = await dialog(alice, bob);
    const hike = await group('hike', alice, carol);
    expect(await list(alice)).toMatchObject([
      { id: hike, peer: null, lastMessage: null, lastSeq: 0 },
      { id: withBob, peer: { id: bob.id, displayName: 'bob', guest: true }, lastMessage: null },
    ]);
    const { body: sent } = await say(bob, withBob, 'hello');
    const [first] = await list(alice);
    expect(first).toMatchObject({
      id: withBob,
      rev: sent.rev,
      lastSeq: 1,
      lastMessage: {
        id: sent.id,
        seq: 1,
        text: 'hello',
        senderId: bob.id,
        attachments: [],
        sentAt: sent.sentAt,
      },
    });
    const history = (await alice.api('GET', `/conversations/${withBob}/messages`)).body;
    expect(first.lastMessage).toEqual(history.items[0]);
    expect(first).toEqual((await alice.api('GET', `/conversations/${withBob}`)).body);
    expect(await list(carol)).toMatchObject([{ id: hike, memberCount: 2, role: 'member' }]);
  });

  it('counts as unread what others said after the read mark, without what was deleted', async () => {
    const id = await dialog(alice, bob);
    for (const text of ['one', 'two', 'three', 'four']) await say(bob, id, text);
    await say(alice, id, 'mine');
    await bob.api('DELETE', `/conversations/${id}/messages/4`);
    expect(await list(alice)).toMatchObject([{ unreadCount: 3, deliveredSeq: 0, readSeq: 0 }]);
    expect(await list(bob)).toMatchObject([{ unreadCount: 1 }]);
    await alice.api('PUT', `/conversations/${id}/marks`, { readSeq: 2 });
    expect(await list(alice)).toMatchObject([{ unreadCount: 1, deliveredSeq: 2, readSeq: 2 }]);
    await alice.api('PUT', `/conversations/${id}/marks`, { readSeq: 1_000 });
    expect(await list(alice)).toMatchObject([{ unreadCount: 0, readSeq: 5 }]);
  });

  it('shows what is left of a deleted last message', async () => {
    const id = await dialog(alice, bob);
    await say(bob, id, 'oops');
    await bob.api('DELETE', `/conversations/${id}/messages/1`);
    const [{ lastMessage }] = await list(alice);
    expect(lastMessage).toMatchObject({ seq: 1, text: '' });
    expect(lastMessage.deletedAt).not.toBeNull();
  });

  it('gives a position from which changes go on', async () => {
    const id = await dialog(alice, bob);
    await say(bob, id, 'one');
    const [{ rev }] = await list(alice);
    await say(bob, id, 'two');
    const changes = (await alice.api('GET', `/conversations/${id}/changes?since=${rev}`)).body;
    expect(changes.messages).toMatchObject([{ text: 'two' }]);
  });

  it('comes page by page, each conversation once', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.unshift(await group(name, alice));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; next: string | null } } = await alice.api(
        'GET',
        `/conversations?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map((item) => item.id));
      cursor = body.next;
    }
    expect(seen).toEqual(ids);
  });

  it('is nobody else’s, and refuses a page that it did not offer', async () => {
    await dialog(alice, bob);
    expect(await list(carol)).toEqual([]);
    for (const query of ['cursor=forged', 'limit=0', 'limit=201', 'limit=many']) {
      expect(await alice.api('GET', `/conversations?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_request' } },
      });
    }
  });
});
