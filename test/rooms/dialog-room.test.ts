import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TYPING_MS } from '../../src/chat/limits.ts';
import { type Person, person, personOf } from '../support/cast.ts';
import { apiOf, startTestServer, type TestServer } from '../support/server.ts';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

describe('a dialog room', () => {
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

  it('is one room for both, whoever comes first and by whichever name they call the other', async () => {
    const [alices, bobs] = await Promise.all([
      alice.join('dialog', { username: bob.username }),
      bob.join('dialog', { userId: alice.id }),
    ]);
    expect(alices.room.roomId).toBe(bobs.room.roomId);
    await alices.until(() => alices.state.members.get(bob.id)?.online === true);
    expect(alices.state.members.get(bob.id)).toMatchObject({
      displayName: 'bob',
      role: 'member',
      typing: false,
    });
    expect(alices.state).toMatchObject({ kind: 'dialog', lastSeq: 0, memberCount: 2 });
    const { body } = await carol.api('GET', '/conversations');
    expect(body.items).toEqual([]);
  });

  it('answers a request once the message is stored, and shows it to both in the same order', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const bobs = await bob.join('dialog', { userId: alice.id });
    const sent = await Promise.all(
      upTo(40).map((n) => (n % 2 ? alices : bobs).request('send', { text: `${n}`, clientId: `${n}` })),
    );
    expect(sent.map((each) => each.seq).toSorted((a, b) => a - b)).toEqual(upTo(40));
    for (const joined of [alices, bobs]) {
      await joined.until(() => joined.of('message').length === 40);
      expect(joined.of('message').map((each) => each.message.seq)).toEqual(upTo(40));
    }
    expect(alices.texts).toEqual(bobs.texts);
    const { items } = await bobs.request('history', { limit: 200 });
    expect(items.map((message: { text: string }) => message.text)).toEqual(bobs.texts);
    await alices.until(() => alices.state.lastSeq === 40);
  });

  it('stores a message once however often it is sent with the same clientId', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const first = await alices.request('send', { text: 'hi', clientId: 'c1' });
    const again = await alices.request('send', { text: 'hi', clientId: 'c1' });
    expect(first).toMatchObject({ seq: 1, duplicate: false });
    expect(again).toEqual({ ...first, duplicate: true });
    await alices.request('send', { text: 'next' });
    await alices.until(() => alices.texts.includes('next'));
    expect(alices.texts).toEqual(['hi', 'next']);
  });

  it('keeps what is unsent for who is away, until they say that it was delivered', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    for (const n of upTo(5)) await alices.request('send', { text: `${n}` });
    const first = await bob.join('dialog', { userId: alice.id });
    await first.next('ready');
    expect(first.texts).toEqual(['1', '2', '3', '4', '5']);
    await first.request('delivered', { seq: 3 });
    await alices.next('mark', ({ marks }) => marks[0].userId === bob.id && marks[0].deliveredSeq === 3);
    await first.room.leave();
    const second = await bob.join('dialog', { userId: alice.id });
    expect(await second.next('ready')).toMatchObject({ lastSeq: 5 });
    expect(second.texts).toEqual(['4', '5']);
    expect(alices.texts).toHaveLength(5);
  });

  it('sends nothing twice and leaves nothing out while somebody writes to who is just coming', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    await alices.request('send', { text: '1' });
    const writing = Promise.all(upTo(200).map((n) => alices.request('send', { text: `${n + 1}` })));
    const bobs = await bob.join('dialog', { userId: alice.id });
    await writing;
    await bobs.until(() => bobs.of('message').length >= 201);
    expect(bobs.of('message').map((each) => each.message.seq)).toEqual(upTo(201));
  });

  it('moves marks for all to see, in messages and in the state', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const bobs = await bob.join('dialog', { userId: alice.id });
    await alices.request('send', { text: 'hi' });
    expect(await bobs.request('read', { seq: 1 })).toEqual({ userId: bob.id, deliveredSeq: 1, readSeq: 1 });
    expect(await bobs.request('read', { seq: 0 })).toMatchObject({ readSeq: 1 });
    await alices.until(() => alices.state.members.get(bob.id).readSeq === 1);
  });

  it('shows edits and deletions, which only the sender makes', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const bobs = await bob.join('dialog', { userId: alice.id });
    await alices.request('send', { text: 'helo' });
    await expect(bobs.request('edit', { seq: 1, text: 'mine' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(bobs.request('delete', { seq: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await alices.request('edit', { seq: 1, text: 'hello' });
    await bobs.next('changed', ({ message }) => message.text === 'hello' && message.editedAt !== null);
    await alices.request('delete', { seq: 1 });
    await bobs.next('changed', ({ message }) => message.text === '' && message.deletedAt !== null);
    await expect(alices.request('edit', { seq: 1, text: 'again' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(alices.request('edit', { seq: 9, text: 'what' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const { items } = await bobs.request('history');
    expect(items).toMatchObject([{ seq: 1, text: '' }]);
  });

  it('answers to a message, but not to one that does not exist', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    await alices.request('send', { text: 'question' });
    await alices.request('send', { text: 'answer', replyTo: 1 });
    await expect(alices.request('send', { text: '?', replyTo: 7 })).rejects.toMatchObject({
      code: 'bad_request',
    });
    const { items } = await alices.request('history', { after: 1 });
    expect(items).toMatchObject([{ seq: 2, replyTo: 1 }]);
  });

  it('shows who types, until they stop, write, go away or are silent for a while', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const bobs = await bob.join('dialog', { userId: alice.id });
    const isTyping = (on: boolean) =>
      alices.until(() => alices.state.members.get(bob.id).typing === on, `typing ${on}`);
    await bobs.request('typing', { on: true });
    await isTyping(true);
    await bobs.request('typing', { on: false });
    await isTyping(false);
    await bobs.request('typing', { on: true });
    await isTyping(true);
    await bobs.request('send', { text: 'done' });
    await isTyping(false);
    const began = performance.now();
    await bobs.request('typing', { on: true });
    await isTyping(true);
    await isTyping(false);
    expect(performance.now() - began).toBeGreaterThan(TYPING_MS - 100);
    await bobs.request('typing', { on: true });
    await isTyping(true);
    await bobs.room.leave();
    await isTyping(false);
    await alices.until(() => alices.state.members.get(bob.id).online === false);
  });

  it('serves all devices of a person, who is there until the last one goes', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const phone = await bob.join('dialog', { userId: alice.id });
    const laptop = await bob.join('dialog', { userId: alice.id });
    await phone.request('send', { text: 'from the phone' });
    await laptop.until(() => laptop.texts.includes('from the phone'));
    await phone.room.leave();
    await alices.request('send', { text: 'still there?' });
    await laptop.until(() => laptop.texts.includes('still there?'));
    await alices.until(() => alices.state.members.get(bob.id).online === true);
    await laptop.room.leave();
    await alices.until(() => alices.state.members.get(bob.id).online === false);
  });

  it('lets nobody else in, not even by the id of the room', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    await alices.request('send', { text: 'between us' });
    const { roomId } = alices.room;
    await expect(carol.client.joinById(roomId, { userId: bob.id })).rejects.toThrow();
    await expect(
      carol.client.joinById(roomId, { conversationId: roomId, userId: alice.id }),
    ).rejects.toThrow();
    await expect(carol.client.create('dialog', { conversationId: roomId })).rejects.toThrow();
    await expect(carol.api('GET', `/conversations/${roomId}/messages`)).resolves.toMatchObject({
      status: 404,
    });
    const theirs = await bob.join('dialog', { userId: alice.id });
    await theirs.next('ready');
    expect(theirs.texts).toEqual(['between us']);
  });

  it('refuses who is not signed in, and names that nobody has', async () => {
    const stranger = personOf(server.url, { user: { id: '', username: '' }, accessToken: 'forged' });
    await expect(stranger.join('dialog', { userId: bob.id })).rejects.toMatchObject({ code: 401 });
    await expect(alice.join('dialog', { username: 'nobody-at-all' })).rejects.toMatchObject({ code: 404 });
    await expect(alice.join('dialog', {})).rejects.toMatchObject({ code: 400 });
    await expect(alice.join('dialog', { userId: bob.id })).resolves.toBeDefined();
  });

  it('closes with the session, and not with another one of the same person', async () => {
    const password = 'a long enough phrase';
    const username = `${alice.username}x`;
    await apiOf(server.url)('POST', '/accounts', { username, password });
    const signIn = async () => {
      const { body } = await apiOf(server.url)('POST', '/sessions', { username, password });
      return personOf(server.url, body);
    };
    const [phone, laptop] = [await signIn(), await signIn()];
    const onPhone = await phone.join('dialog', { userId: bob.id });
    const onLaptop = await laptop.join('dialog', { userId: bob.id });
    expect(await phone.api('DELETE', '/sessions/current')).toMatchObject({ status: 204 });
    expect(await onPhone.left).toBe(4001);
    await expect(onLaptop.request('send', { text: 'still here' })).resolves.toMatchObject({ seq: 1 });
    await expect(phone.join('inbox')).rejects.toMatchObject({ code: 401 });
  });
});
