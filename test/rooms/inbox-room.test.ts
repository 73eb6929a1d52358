import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('an inbox', () => {
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

  const befriend = async (asker: Person, other: Person): Promise<void> => {
    const { body } = await asker.api('POST', '/friendships', { userId: other.id });
    await other.api('PATCH', `/friendships/${body.id}`, { status: 'accepted' });
  };
  const openDialog = async (one: Person, other: Person): Promise<string> => {
    const { body } = await one.api('POST', '/conversations', { kind: 'dialog', userId: other.id });
    return body.id;
  };

  it('carries a whole chat: request, dialog, messages, marks and groups over one socket each', async () => {
    const [alices, bobs] = [await alice.join('inbox'), await bob.join('inbox')];
    await befriend(alice, bob);
    await bobs.next('friendship', ({ friendship }) => friendship.status === 'pending');
    await alices.next('friendship', ({ friendship }) => friendship.status === 'accepted');
    const { conversationId } = await alices.next('conversation');
    const sent = await alices.request('send', { conversationId, text: 'hello', clientId: '1' });
    const { message } = await bobs.next('message', (payload) => payload.conversationId === conversationId);
    expect(message).toMatchObject({ id: sent.id, seq: 1, text: 'hello', clientId: '1', senderId: alice.id });
    await bobs.request('read', { conversationId, seq: 1 });
    await alices.next('mark', ({ marks }) => marks[0].userId === bob.id && marks[0].readSeq === 1);
    await alices.request('edit', { conversationId, seq: 1, text: 'hello!' });
    await bobs.next('changed', (payload) => payload.message.text === 'hello!');
    const { body: group } = await bob.api('POST', '/conversations', {
      kind: 'group',
      name: 'hike',
      members: [alice.id],
    });
    await alices.next('conversation', (payload) => payload.conversation.name === 'hike');
    await bobs.request('send', { conversationId: group.id, text: 'who comes?' });
    await alices.next('message', (payload) => payload.message.text === 'who comes?');
    expect(await alices.request('history', { conversationId: group.id })).toMatchObject({
      items: [{ seq: 1 }],
    });
    expect(await alices.request('changes', { conversationId, since: 1 })).toMatchObject({ reset: false });
  });

  it('delivers on return what was sent to somebody who was away, of all conversations, in order', async () => {
    const withAlice = await openDialog(alice, bob);
    const withCarol = await openDialog(carol, bob);
    for (const n of [1, 2, 3]) {
      await alice.api('POST', `/conversations/${withAlice}/messages`, { text: `alice ${n}` });
      await carol.api('POST', `/conversations/${withCarol}/messages`, { text: `carol ${n}` });
    }
    const first = await bob.join('inbox');
    const { positions } = await first.next('ready');
    expect(first.texts).toEqual(['alice 1', 'carol 1', 'alice 2', 'carol 2', 'alice 3', 'carol 3']);
    expect(positions).toHaveLength(2);
    expect(await first.request('unsent')).toMatchObject({ items: { length: 6 }, next: null });
    await first.request('delivered', { conversationId: withAlice, seq: 3 });
    await first.room.leave();
    const second = await bob.join('inbox');
    await second.next('ready');
    expect(second.texts).toEqual(['carol 1', 'carol 2', 'carol 3']);
  });

  it('tells friends, and nobody else, when somebody comes and goes', async () => {
    await befriend(alice, bob);
    const [alices, carols] = [await alice.join('inbox'), await carol.join('inbox')];
    const bobs = await bob.join('inbox');
    await alices.next('presence', ({ userId, online }) => userId === bob.id && online);
    await bobs.room.leave();
    const gone = await alices.next(
      'presence',
      ({ userId, online, lastSeenAt }) => userId === bob.id && !online && lastSeenAt !== null,
    );
    expect(Date.parse(gone.lastSeenAt)).toBeGreaterThan(Date.now() - 60_000);
    await expect(alice.api('GET', `/users/${bob.id}`)).resolves.toMatchObject({
      body: { lastSeenAt: expect.any(String) },
    });
    expect(carols.of('presence')).toEqual([]);
  });

  it('is shared by all devices of a person and closed to everybody else', async () => {
    const conversationId = await openDialog(alice, bob);
    const [phone, laptop] = [await bob.join('inbox'), await bob.join('inbox')];
    expect(phone.room.roomId).toBe(laptop.room.roomId);
    await phone.request('send', { conversationId, text: 'from the phone' });
    await laptop.next('message', ({ message }) => message.text === 'from the phone');
    await expect(carol.client.joinById(phone.room.roomId)).rejects.toThrow();
    await expect(carol.client.joinById(phone.room.roomId, { ownerId: bob.id })).rejects.toThrow();
    await expect(carol.client.create('inbox', { ownerId: bob.id })).resolves.toMatchObject({
      roomId: carol.id,
    });
  });

  it('refuses requests about conversations of others, and those that name none', async () => {
    const conversationId = await openDialog(alice, bob);
    const carols = await carol.join('inbox');
    const refused = { code: 'not_found' };
    await expect(carols.request('send', { conversationId, text: 'hi' })).rejects.toMatchObject(refused);
    await expect(carols.request('history', { conversationId })).rejects.toMatchObject(refused);
    await expect(carols.request('changes', { conversationId, since: 0 })).rejects.toMatchObject(refused);
    await expect(carols.request('read', { conversationId, seq: 1 })).rejects.toMatchObject(refused);
    await expect(carols.request('typing', { conversationId, on: true })).rejects.toMatchObject(refused);
    await expect(carols.request('edit', { conversationId, seq: 1, text: 'x' })).rejects.toMatchObject(
      refused,
    );
    await expect(carols.request('send', { text: 'hi' })).rejects.toMatchObject({ code: 'bad_request' });
    const bobs = await bob.join('inbox');
    await expect(bobs.request('send', { conversationId, text: 'hi' })).resolves.toMatchObject({ seq: 1 });
  });

  it('tells somebody who joins a group what is said from then on, and not what was said before', async () => {
    const { body: group } = await alice.api('POST', '/conversations', {
      kind: 'group',
      name: 'hike',
      members: [carol.id],
    });
    await alice.api('POST', `/conversations/${group.id}/messages`, { text: 'before' });
    const bobs = await bob.join('inbox');
    await alice.api('POST', `/conversations/${group.id}/members`, { userIds: [bob.id] });
    await bobs.next('member', ({ member }) => member.userId === bob.id);
    await alice.api('POST', `/conversations/${group.id}/messages`, { text: 'welcome' });
    await bobs.next('message', ({ message }) => message.text === 'welcome');
    expect(bobs.texts).toEqual(['welcome']);
  });
});
