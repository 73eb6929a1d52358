import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { names, PASSWORD, register, signIn, type Visitor } from './people.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);

/** What the old document announced, and its server never had. */
describe('gmessenger, as it was announced,', () => {
  let server: TestServer;
  let root: string;
  let alice: Visitor;
  let bob: Visitor;
  let carol: Visitor;
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { gmessenger: 0 } } });
    root = server.ownUrl('gmessenger');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const [a, b, c] = names();
    alice = await register(root, a, 'Alice');
    bob = await register(root, b, 'Bob');
    carol = await register(root, c, 'Carol');
  });

  const relay = (me: Visitor, fields: object) =>
    me.post('/messages/new', { sender_userID: me.login, text: 'hello', ...fields });
  const unsent = async (me: Visitor): Promise<any[]> =>
    (await me.post('/messages/unsent', { receiver_userID: me.login })).body;
  const ids = async (me: Visitor, query = ''): Promise<string[]> =>
    (await me.get(`/chats${query}`)).body.map(({ id }: { id: string }) => id);
  const statusOf = (socket: RawSocket, { login }: Visitor, online: boolean): Promise<any> =>
    socket.find(
      ({ type, payload }) =>
        type === 'user_status' && payload.user_login === login && payload.is_online === online,
    );

  it('shows everybody, where something was said last first, then by name, and oneself last', async () => {
    const { id } = (await alice.post('/group', { name: 'Hike', members: [bob.login] })).body;
    await relay(bob, { receiver_userID: alice.login });
    await relay(alice, { receiver_userID: carol.login, text: 'the last word' });
    const all = await ids(alice);
    expect(all.slice(0, 3)).toEqual([carol.login, bob.login, String(id)]);
    expect(all.at(-1)).toBe(alice.login);
    const { body } = await alice.get('/chats');
    const silent = body.slice(3, -1).map(({ name }: { name: string }) => name.toLowerCase());
    expect(silent).toEqual([...silent].sort());
    expect(await ids(alice, '?limit=2&offset=1')).toEqual(all.slice(1, 3));
    for (const query of ['?limit=0', '?limit=1001', '?limit=many', '?offset=-1'])
      expect((await alice.get(`/chats${query}`)).status).toBe(400);
  });

  it('shows neither guests, unless one has talked with them, nor who has gone', async () => {
    const guest = (await server.api('POST', '/accounts/guest', { displayName: 'Guest' })).body;
    const dan = await server.signUp(names()[0]);
    expect(await ids(alice)).toContain(dan.username);
    await dan.api('DELETE', '/me', { password: dan.password });
    expect(await ids(alice)).not.toContain(dan.username);
    expect(await ids(alice)).not.toContain(guest.user.username);
    await relay(alice, { receiver_userID: guest.user.username });
    expect(await ids(alice)).toContain(guest.user.username);
  });

  it('tells a list of chats of every message, and takes messages there that say to whom', async () => {
    const [hers, his] = [await alice.socket('/chats/ws'), await bob.socket('/chats/ws')];
    hers.send({ type: 'send_message', payload: { receiver: bob.login, text: 'hello' } });
    const heard = await his.find(({ type }) => type === 'dialog_notification');
    const message = { id: expect.any(Number), sender: alice.login, receiver: bob.login, text: 'hello' };
    expect(heard.payload).toEqual({
      chat: { type: 'dialog', id: alice.login, name: 'Alice', last_message: 'hello', unread: 1 },
      message: { ...message, status: 'delivered', time: TIME },
    });
    const echo = await hers.find(({ type }) => type === 'dialog_notification');
    expect(echo.payload).toEqual({
      chat: { type: 'dialog', id: bob.login, name: 'Bob', last_message: 'hello', unread: 0 },
      message: { ...message, status: 'sent', time: TIME },
    });
    const { id } = heard.payload.message;
    await hers.find(
      ({ type, payload }) => type === 'message_status' && payload.id === id && payload.status === 'delivered',
    );
    await bob.get(`/dialog/${alice.login}`);
    await hers.find(
      ({ type, payload }) => type === 'message_status' && payload.id === id && payload.status === 'read',
    );

    const group = (await alice.post('/group', { name: 'Hike', members: [bob.login] })).body;
    hers.send({ type: 'send_message', payload: { group_id: group.id, text: 'to all' } });
    const toAll = await his.find(({ payload }) => payload.chat?.type === 'group');
    expect(toAll.payload).toEqual({
      chat: { type: 'group', id: String(group.id), name: 'Hike', last_message: 'to all', unread: 1 },
      message: { id: expect.any(Number), sender: alice.login, text: 'to all', status: 'sent', time: TIME },
    });
    for (const payload of [
      { text: 'x' },
      { text: 'x', receiver: 'nobody-at-all' },
      { text: 'x', group_id: 'one' },
    ])
      hers.send({ type: 'send_message', payload });
    await hers.until(() => hers.json.filter(({ type }) => type === 'error').length === 3, 'three refusals');
  });

  it('tells of a message that was sent before the list was opened when it is read after', async () => {
    const { id } = (await relay(alice, { receiver_userID: bob.login })).body;
    const hers = await alice.socket('/chats/ws');
    await bob.get('/chats');
    await hers.find(({ payload }) => payload.id === id && payload.status === 'delivered');
    await bob.get(`/dialog/${alice.login}`);
    await hers.find(({ payload }) => payload.id === id && payload.status === 'read');
  });

  it('tells who comes and goes to those who have them in sight', async () => {
    const group = (await alice.post('/group', { name: 'Hike', members: [bob.login] })).body;
    const looking = [
      await alice.socket(`/dialog/${bob.login}/ws`),
      await alice.socket(`/group/${group.id}/ws`),
      await alice.socket('/chats/ws'),
    ];
    // They are friends, too, and even so bob is nothing to a dialog with carol.
    const native = async ({ login: username }: Visitor) =>
      (await server.api('POST', '/sessions', { username, password: PASSWORD })).body;
    const { user, accessToken } = await native(bob);
    const api = apiOf(server.url, (await native(alice)).accessToken);
    const { id } = (await api('POST', '/friendships', { userId: user.id })).body;
    await apiOf(server.url, accessToken)('PATCH', `/friendships/${id}`, { status: 'accepted' });
    const other = await alice.socket(`/dialog/${carol.login}/ws`);
    const his = await bob.socket('/chats/ws');
    for (const socket of looking) {
      const { payload } = await statusOf(socket, bob, true);
      expect(payload).toEqual({ user_login: bob.login, is_online: true, last_seen: TIME });
    }
    await his.close();
    for (const socket of looking)
      expect((await statusOf(socket, bob, false)).payload.last_seen).toEqual(TIME);
    await other.roundTrip();
    expect(other.frames).toEqual([]);
  });

  it('tells first of all how it is, to those who ask for it', async () => {
    const asking = await alice.socket(`/dialog/${bob.login}/ws?status=1`);
    expect(await asking.next()).toEqual({
      type: 'user_status',
      payload: { user_login: bob.login, is_online: false, last_seen: null },
    });
  });

  it('knows who was here when, and keeps for a minute who says that they are', async () => {
    const seen = async (me: Visitor, login: string) => (await me.get(`/user/active/${login}`)).body;
    expect(await seen(alice, bob.login)).toEqual({
      user_login: bob.login,
      is_online: false,
      last_seen: null,
    });
    const online = { user_login: bob.login, is_online: true, last_seen: TIME };
    for (const body of [undefined, {}, { user_login: bob.login }]) {
      const { status, body: answer } = await bob.post('/user/active/update', body);
      expect([status, answer]).toEqual([200, online]);
    }
    expect(await seen(alice, bob.login)).toEqual(online);
    const all: { user_login: string }[] = (await alice.get('/user/active/')).body;
    expect(all.find(({ user_login }) => user_login === bob.login)).toEqual(online);
    const two = (await alice.get(`/user/active?login=${bob.login}&user_login=${carol.login}`)).body;
    expect(two.map(({ user_login }: { user_login: string }) => user_login).sort()).toEqual(
      [bob.login, carol.login].sort(),
    );
    expect((await bob.post('/user/active/update', { user_login: alice.login })).status).toBe(403);
    for (const path of ['/user/active/nobody', '/user/active?login=nobody', '/user/active?login=%00'])
      expect((await alice.get(path)).status).toBe(404);
    expect((await ask('GET', `${root}/user/active/`)).status).toBe(401);
  });

  it('keeps messages for who is away, and hands them out once', async () => {
    const time = '23:12:2023 21:30';
    const first = await relay(alice, { receiver_userID: bob.login, time });
    expect([first.status, first.body]).toEqual([200, { id: expect.any(Number) }]);
    const second = await relay(carol, {
      receiver_userID: bob.login,
      text: 'and I',
      time: '2023-12-24T00:30:00+01:00',
    });
    const hers = await alice.socket(`/dialog/${bob.login}/ws`);
    expect(await unsent(bob)).toEqual([
      { id: first.body.id, sender_userID: alice.login, receiver_userID: bob.login, time, text: 'hello' },
      {
        id: second.body.id,
        sender_userID: carol.login,
        receiver_userID: bob.login,
        time: '23:12:2023 23:30',
        text: 'and I',
      },
    ]);
    await hers.find(({ payload }) => payload.id === first.body.id && payload.status === 'delivered');
    expect(await unsent(bob)).toEqual([]);
    expect((await bob.get(`/dialog/${alice.login}`)).body).toHaveLength(1);
    const third = await relay(alice, { receiver_userID: bob.login });
    expect((await unsent(bob))[0]).toMatchObject({
      id: third.body.id,
      time: expect.stringMatching(/^\d\d:\d\d:20\d\d \d\d:\d\d$/),
    });
  });

  it('pushes what is relayed to who is here', async () => {
    const his = await bob.socket(`/dialog/${alice.login}/ws`);
    const { id } = (await relay(alice, { receiver_userID: bob.login })).body;
    expect((await his.find(({ type }) => type === 'new_message')).payload).toMatchObject({
      id,
      text: 'hello',
      status: 'read',
    });
    expect(await unsent(bob)).toEqual([]);
  });

  it.each([
    ['a time that is none', { time: '31:02:2023 21:30' }, 400],
    ['a time of another form', { time: 'yesterday' }, 400],
    ['no text', { text: '' }, 400],
    ['a text that is too long', { text: 'x'.repeat(8_001) }, 400],
    ['a text that is no text', { text: 7 }, 400],
    ['another sender', { sender_userID: 'somebody' }, 403],
    ['a receiver whom there is not', { receiver_userID: 'nobody-at-all' }, 404],
    ['no receiver', { receiver_userID: undefined }, 400],
  ])('relays nothing with %s', async (_, fields, status) => {
    expect((await relay(alice, { receiver_userID: bob.login, ...fields })).status).toBe(status);
    expect(await unsent(bob)).toEqual([]);
    expect((await bob.post('/messages/unsent', { receiver_userID: alice.login })).status).toBe(403);
  });

  it('makes groups for a list of people, and for all', async () => {
    const { status, body } = await alice.post('/group', {
      name: 'Hike',
      members: [bob.login.toUpperCase(), alice.login],
    });
    expect([status, body]).toEqual([
      200,
      {
        id: expect.any(Number),
        name: 'Hike',
        type: 'private',
        members: expect.arrayContaining([alice.login, bob.login]),
      },
    ]);
    expect(body.members).toHaveLength(2);
    for (const path of ['/groups', '/group/create']) {
      const made = (await alice.post(path, { name: 'Talk', member_logins: [], type: 'public' })).body;
      expect(made).toMatchObject({ type: 'public', members: [alice.login] });
      expect(await ids(carol)).toContain(String(made.id));
      // Who looks into it is in it.
      expect((await carol.get(`/group/${made.id}`)).body).toEqual([]);
      const theirs = await carol.socket(`/group/${made.id}/ws`);
      theirs.send({ type: 'send_message', payload: { text: 'hello all' } });
      await theirs.find(({ type }) => type === 'new_message');
      const socket = await bob.socket(`/group/${made.id}/ws`);
      expect((await alice.get(`/group/${made.id}/members`)).body).toHaveLength(3);
      await socket.close();
    }
    for (const fields of [
      {},
      { name: '' },
      { name: 'x', type: 'secret' },
      { name: 'x', members: ['nobody', 'a\0b'] },
    ])
      expect((await alice.post('/group', fields)).status).toBe(400);
  });

  it('ends the socket of who is taken out of a group', async () => {
    const dan = await server.signUp(names()[0]);
    const dans = await signIn(root, dan.username, dan.password);
    const { id } = (await dans.post('/group', { name: 'Hike', members: [bob.login] })).body;
    const his = await bob.socket(`/group/${id}/ws`);
    const [{ id: conversation }] = (await dan.api('GET', '/conversations')).body.items;
    const { items } = (await dan.api('GET', `/users?query=${bob.login}`)).body;
    await dan.api('DELETE', `/conversations/${conversation}/members/${items[0].id}`);
    expect(await his.closed).toEqual({ code: 1008, reason: 'you are not a member of this group' });
  });
});
