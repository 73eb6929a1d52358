import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Joined, type Person, personOf } from '../../support/cast.ts';
import { guard } from '../../support/second-factor.ts';
import { apiOf, PASSWORD as NATIVE, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type Gnw, PASSWORD, poster, signUp, tokenIn } from './people.ts';

describe('one account in GNW and in our own protocol', () => {
  let server: TestServer;
  let root: string;
  let alice: Gnw;
  let aliceHere: Person;
  let bob: Gnw;
  let bobHere: Person;
  beforeAll(async () => {
    server = await startTestServer();
    root = `${server.url}/gnw`;
    [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    [aliceHere, bobHere] = [await signInHere(alice), await signInHere(bob)];
  });
  afterAll(() => server.stop());

  /** The same person, by the SDK. */
  async function signInHere({ username }: Gnw): Promise<Person> {
    const { status, body } = await server.api('POST', '/sessions', { username, password: PASSWORD });
    if (status !== 201) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`);
    return personOf(server.url, body);
  }

  const open = ({ token }: Gnw) => RawSocket.open(`${root}/ws?token=${token}`);

  it('shows friendships, messages and marks of the one in the other', async () => {
    const inbox: Joined = await bobHere.join('inbox');
    await alice.post('/addFriend', { friend_username: bob.username });
    const { friendship } = await inbox.next('friendship');
    const accepted = await bobHere.api('PATCH', `/friendships/${friendship.id}`, { status: 'accepted' });
    expect(accepted.status).toBe(200);
    const [{ conversationId }] = (await alice.post('/getContacts')).body;

    const alices = await open(alice);
    alices.send({
      event: 'chatMessage',
      data: { cId: bob.username, message: { type: 'text', payload: 'Hi' } },
    });
    const { message } = await inbox.next('message');
    expect(message).toMatchObject({ text: 'Hi', senderId: aliceHere.id, seq: 1 });
    await inbox.request('send', { conversationId, text: 'Hi Alice' });
    const heard = await alices.find(({ data }) => data?.payload === 'Hi Alice');
    expect(heard.data).toMatchObject({ type: 'text', from: bob.username, cId: conversationId });
    // What the feed brings alone does not say that all before it was seen.
    expect((await markOf(aliceHere, conversationId)).deliveredSeq).toBe(0);
    alices.send({ event: 'fetchChat', data: { cIds: [conversationId] }, id: 1 });
    await alices.find(({ id }) => id === 1);
    expect((await markOf(aliceHere, conversationId)).deliveredSeq).toBe(2);
    await inbox.request('send', { conversationId, text: 'And again' });
    await expect.poll(async () => (await markOf(aliceHere, conversationId)).deliveredSeq).toBe(3);

    // Changed and deleted: a history shows what is there now.
    await inbox.request('edit', { conversationId, seq: 2, text: 'Hello Alice' });
    await inbox.request('delete', { conversationId, seq: 3 });
    alices.send({ event: 'fetchChat', data: { cIds: [conversationId] }, id: 2 });
    await alices.find(({ id }) => id === 2);
    const { data } = alices.json.findLast(({ event }) => event === 'fetchChat');
    expect(data[conversationId].map(({ payload }: { payload: string }) => payload)).toEqual([
      'Hi',
      'Hello Alice',
    ]);
    const [listed] = (await alice.post('/getConversations')).body;
    expect(listed).toMatchObject({ conversationId, lastMessage: null });
    await alices.close();
    await inbox.room.leave();
  });

  it('shows groups of ours as conversations, with files as links', async () => {
    const { body: group } = await bobHere.api('POST', '/conversations', {
      ...{ kind: 'group', name: 'us', members: [aliceHere.id] },
    });
    const form = new FormData();
    form.append('file', new Blob(['some notes']), 'notes.txt');
    const uploaded = await fetch(`${server.url}/api/v1/media`, {
      ...{ method: 'POST', body: form, headers: { Authorization: `Bearer ${bobHere.token}` } },
    });
    const { id } = (await uploaded.json()) as { id: string };
    const alices = await open(alice);
    await bobHere.api('POST', `/conversations/${group.id}/messages`, { text: 'Look', attachments: [id] });
    const { data } = await alices.find(
      (frame) => frame.data?.cId === group.id && frame.event === 'chatMessage',
    );
    const [text, link] = data.payload.split('\n');
    expect([data.type, text]).toEqual(['text', 'Look']);
    expect(await (await fetch(link)).text()).toBe('some notes');
    alices.send({
      event: 'chatMessage',
      data: { cId: group.id, message: { type: 'text', payload: 'Nice' } },
      id: 3,
    });
    expect((await alices.find((frame) => frame.id === 3)).data.status).toBe(200);
    await alices.close();
  });

  it('lets sessions be seen and ended by the other', async () => {
    const { body } = await aliceHere.api('GET', '/sessions');
    const session = body.items.find(({ device }: { device: string }) => device === 'GNW');
    const socket = await open(alice);
    expect((await aliceHere.api('DELETE', `/sessions/${session.id}`)).status).toBe(204);
    expect((await socket.closed).code).toBe(4001);
    expect((await alice.post('/getContacts')).status).toBe(401);
    const login = await ask('POST', `${root}/login`, {
      json: { username: alice.username, password: PASSWORD },
    });
    alice = { ...alice, token: tokenIn(login.cookies), post: poster(root, tokenIn(login.cookies)) };
    expect((await alice.post('/getContacts')).status).toBe(200);
  });

  it('refuses here whom our own protocol refuses: blocked, guarded by a second factor', async () => {
    await bobHere.api('PUT', `/blocks/${aliceHere.id}`);
    expect((await alice.post('/addFriend', { friend_username: bob.username })).status).toBe(403);
    await bobHere.api('DELETE', `/blocks/${aliceHere.id}`);

    const carol = await server.signUp('carol');
    await guard(carol);
    const login = await ask('POST', `${root}/login`, { json: { username: 'carol', password: NATIVE } });
    expect([login.status, login.cookies, login.body]).toEqual([401, [], { error: expect.any(String) }]);
  });

  it('lets who signed up there sign in here, by the name in any case', async () => {
    await server.signUp('dave', { displayName: 'Dave' });
    const { status, body } = await ask('POST', `${root}/login`, {
      json: { username: 'DAVE', password: NATIVE },
    });
    expect([status, body]).toMatchObject([200, { username: 'dave', displayName: 'Dave', email: '' }]);
  });

  async function markOf(person: Person, conversationId: string): Promise<{ deliveredSeq: number }> {
    return (await apiOf(server.url, person.token)('GET', `/conversations/${conversationId}`)).body;
  }
});
