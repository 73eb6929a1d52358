import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { names, register, signIn, type Visitor } from './people.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);

describe('conversations of gmessenger', () => {
  let server: TestServer;
  let root: string;
  let alice: Visitor;
  let bob: Visitor;
  let carol: Visitor;
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { gmessenger: 0 } } });
    root = `${server.url}/gmessenger`;
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const [a, b, c] = names();
    alice = await register(root, a, 'Alice');
    bob = await register(root, b, 'Bob');
    carol = await register(root, c, 'Carol');
  });

  const dialog = (me: Visitor, other: Visitor): Promise<RawSocket> => me.socket(`/dialog/${other.login}/ws`);
  /** Says it, and waits until it is stored. */
  const say = async (socket: RawSocket, text: string): Promise<any> => {
    socket.send({ type: 'send_message', payload: { text } });
    return (await socket.find(({ type, payload }) => type === 'new_message' && payload.text === text))
      .payload;
  };
  const write = async (me: Visitor, other: Visitor, text: string): Promise<number> => {
    const fields = { sender_userID: me.login, receiver_userID: other.login, text };
    return (await me.post('/messages/new', fields)).body.id;
  };
  const chatWith = async (me: Visitor, id: string): Promise<any> =>
    (await me.get('/chats')).body.find((chat: { id: string }) => chat.id === id);
  const statusOf = (socket: RawSocket, id: number, status: string): Promise<any> =>
    socket.find(
      (frame) =>
        frame.type === 'message_status' && frame.payload.id === id && frame.payload.status === status,
    );
  const group = async (owner: Visitor, members: Visitor[], fields: object = {}): Promise<number> => {
    const logins = members.map(({ login }) => login);
    return (await owner.post('/group', { name: 'Hike', members: logins, ...fields })).body.id;
  };

  it('are spoken in exactly the frames of the document', async () => {
    const [hers, his] = [await dialog(alice, bob), await dialog(bob, alice)];
    hers.send('{"type": "send message", "payload": {"text": "hello"}}');
    const heard = await his.find(({ type }) => type === 'new_message');
    expect(heard).toEqual({
      type: 'new_message',
      payload: { id: expect.any(Number), text: 'hello', sender: alice.login, status: 'read', time: TIME },
    });
    const { id, time } = heard.payload;
    await statusOf(hers, id, 'read');
    expect((await bob.get(`/dialog/${alice.login}`)).body).toEqual([
      { id, sender: alice.login, receiver: bob.login, text: 'hello', status: 'read', time },
    ]);
    await expect
      .poll(() => chatWith(alice, bob.login))
      .toMatchObject({
        ...{ type: 'dialog', id: bob.login, name: 'Bob', last_message: 'hello', unread: 0 },
        ...{ receiver_id: expect.any(Number), last_message_sender: alice.login, last_message_time: time },
        ...{ is_online: true, last_seen: TIME },
      });
    await hers.roundTrip();
    // When they came online is told as well, sooner or later.
    const talk = ({ json }: RawSocket) => json.filter(({ type }) => type !== 'user_status');
    const [own, ...told] = talk(hers);
    expect(own).toEqual({ type: 'new_message', payload: { ...heard.payload, status: 'sent' } });
    // That it has arrived is not told on its own when it is read at the same moment.
    const both = ['delivered', 'read'].map((status) => ({ type: 'message_status', payload: { id, status } }));
    expect([both, both.slice(1)]).toContainEqual(told);
    expect(talk(his)).toEqual([heard]);
  });

  it('take what old pages pack into a string, and pack it for them', async () => {
    const [hers, his] = [await dialog(alice, bob), await dialog(bob, alice)];
    hers.send({ type: 'send_message', payload: '{"text":"C:\\\\temp \\"x\\""}' });
    expect((await his.next()).payload.text).toBe('C:\\temp "x"');
    const echo = await hers.find(({ type }) => type === 'new_message');
    expect(JSON.parse(echo.payload)).toMatchObject({
      text: 'C:\\temp "x"',
      sender: alice.login,
      status: 'sent',
    });
  });

  it('tell a sender how far a message has come, once each, and never back', async () => {
    const hers = await dialog(alice, bob);
    const { id, status } = await say(hers, 'are you there?');
    expect(status).toBe('sent');
    expect(await chatWith(bob, alice.login)).toMatchObject({ unread: 1, last_message: 'are you there?' });
    await statusOf(hers, id, 'delivered');
    // Alice reads what he relays, which moves a mark and is no news of hers.
    await write(bob, alice, 'wait');
    await hers.find(({ payload }) => payload.text === 'wait');
    await bob.get(`/dialog/${alice.login}`);
    await statusOf(hers, id, 'read');
    await bob.get('/chats');
    await bob.get(`/dialog/${alice.login}`);
    await hers.roundTrip();
    const statuses = hers.json
      .filter(({ type }) => type === 'message_status')
      .map(({ payload }) => payload.status);
    expect(statuses).toEqual(['delivered', 'read']);
    expect(await chatWith(bob, alice.login)).toMatchObject({ unread: 0 });
  });

  it('count as delivered with any socket of the receiver, and as read with that of the dialog', async () => {
    const [hers, elsewhere] = [await dialog(alice, bob), await dialog(bob, carol)];
    const first = await say(hers, 'one');
    await statusOf(hers, first.id, 'delivered');
    expect((await alice.get(`/dialog/${bob.login}`)).body[0].status).toBe('delivered');
    await dialog(bob, alice);
    await statusOf(hers, first.id, 'read');
    await elsewhere.roundTrip();
    expect(elsewhere.frames).toEqual([]);
  });

  it('are read when their client says so, by a word in any case', async () => {
    const [hers, list] = [await dialog(alice, bob), await bob.socket('/chats/ws')];
    const { id } = await say(hers, 'one');
    await list.next();
    // To whom it was not sent, it is not theirs to read.
    const stranger = await carol.socket('/chats/ws');
    stranger.send({ type: 'message_status', payload: { id, status: 'read' } });
    await stranger.find(({ type }) => type === 'error');
    expect((await alice.get(`/dialog/${bob.login}`)).body[0].status).toBe('delivered');
    list.send({ type: 'message_status', payload: { id, status: 'READ' } });
    await statusOf(hers, id, 'read');
  });

  it('reach all sockets of both, and none of another dialog', async () => {
    const phone = await signIn(root, alice.login);
    const sockets = [await dialog(alice, bob), await dialog(alice, bob), await dialog(phone, bob)];
    const [his, other] = [await dialog(bob, alice), await dialog(alice, carol)];
    await say(sockets[0]!, 'hello');
    for (const socket of [...sockets, his]) await socket.find(({ payload }) => payload.text === 'hello');
    await other.roundTrip();
    expect(other.json.filter(({ type }) => type === 'new_message')).toEqual([]);
  });

  it('may be with oneself', async () => {
    const notes = await dialog(alice, alice);
    expect(await say(notes, 'milk')).toMatchObject({ sender: alice.login, status: 'read' });
    const chats = (await alice.get('/chats')).body;
    expect(chats.at(-1)).toMatchObject({ id: alice.login, last_message: 'milk', unread: 0 });
  });

  it('are not disturbed by frames that mean nothing, and end with those that are none', async () => {
    const hers = await dialog(alice, bob);
    for (const frame of [
      ...[
        '{"type":"dance"}',
        '{"type":"user_activity","payload":{"user_login":"x"}}',
        '{"type":"message_status"}',
      ],
      ...['{"type":"send_message","payload":{"text":""}}', '{"type":"send_message","payload":{}}'],
    ])
      hers.send(frame);
    await say(hers, 'still here');
    hers.send({ type: 'send_message', payload: { text: 'x'.repeat(8_001) } });
    expect(await hers.find(({ type }) => type === 'error')).toEqual({
      type: 'error',
      payload: { error: expect.stringContaining('text') },
    });
    expect((await alice.get(`/dialog/${bob.login}`)).body.map(({ text }: { text: string }) => text)).toEqual([
      'still here',
    ]);
    for (const frame of [
      ...['hello', '[]', '5', '{"payload":{}}', '{"type":7}', '{"type":"send_message"}'],
      ...['{"type":"send_message","payload":7}', '{"type":"send_message","payload":{"text":7}}'],
      ...['{"type":"send_message","payload":"hello"}', '{"type":"send_message","payload":"[1]"}'],
    ]) {
      const socket = await dialog(alice, bob);
      socket.send(frame);
      expect([frame, (await socket.closed).code]).toEqual([frame, 1007]);
    }
  });

  it('open for nobody without a token, and with nobody who is not there', async () => {
    const refused = async (path: string) => (await RawSocket.refused(root + path)).status;
    for (const path of [
      '/dialog/x/ws',
      '/dialog/x/ws?token=',
      '/dialog/x/ws?token=nonsense',
      '/chats/ws',
      '/group/1/ws',
    ])
      expect(await refused(path)).toBe(401);
    const token = `token=${alice.token}`;
    expect(await refused(`/dialog/nobody-at-all/ws?${token}`)).toBe(404);
    expect(await refused(`/dialog/%E0%A4%A/ws?${token}`)).toBe(400);
    expect(await refused(`/group/one/ws?${token}`)).toBe(400);
    expect(await refused(`/elsewhere/ws?${token}`)).toBe(404);
    const { status, text } = await alice.get('/dialog/nobody-at-all');
    expect([status, text]).toEqual([404, '{"error":"receiver doesn\'t exist"}']);
    const cookie = await RawSocket.open(`${root}/dialog/${bob.login}/ws/`, {
      headers: { cookie: alice.cookie },
    });
    await cookie.close();
  });

  it('have histories that come oldest first, by the latest hundred', async () => {
    for (const text of ['one', 'two', 'three']) await write(alice, bob, text);
    const texts = async (query: string) =>
      (await bob.get(`/dialog/${alice.login}${query}`)).body.map(({ text }: { text: string }) => text);
    expect(await texts('/')).toEqual(['one', 'two', 'three']);
    expect(await texts('?limit=2')).toEqual(['two', 'three']);
    expect(await texts('?limit=2&offset=2')).toEqual(['one']);
    for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?offset=-1'])
      expect((await bob.get(`/dialog/${alice.login}${query}`)).status).toBe(400);
    expect((await carol.get(`/dialog/${alice.login}`)).body).toEqual([]);
    // Looking made no dialog.
    expect((await chatWith(alice, carol.login)).last_message).toBe('');
  });

  it('show what was edited as it is now, and not what was deleted', async () => {
    const dan = await server.signUp(names()[0]);
    const dans = await signIn(root, dan.username, dan.password);
    for (const text of ['one', 'two', 'three']) await write(dans, bob, text);
    const [{ id }] = (await dan.api('GET', '/conversations')).body.items;
    await dan.api('PATCH', `/conversations/${id}/messages/1`, { text: 'ONE' });
    await dan.api('DELETE', `/conversations/${id}/messages/3`);
    const shown = (await bob.get(`/dialog/${dan.username}`)).body;
    expect(shown.map(({ text }: { text: string }) => text)).toEqual(['ONE', 'two']);
    expect(await chatWith(bob, dan.username)).toMatchObject({ last_message: 'two', unread: 0 });
  });

  it('are refused while one blocks the other, in words', async () => {
    const dan = await server.signUp(names()[0]);
    const his = await bob.socket(`/dialog/${dan.username}/ws`);
    await say(his, 'hello');
    const { items } = (await dan.api('GET', `/users?query=${bob.login}`)).body;
    await dan.api('PUT', `/blocks/${items[0].id}`);
    his.send({ type: 'send_message', payload: { text: 'and now?' } });
    expect((await his.find(({ type }) => type === 'error')).payload.error).toContain('blocks');
    const fields = { sender_userID: bob.login, receiver_userID: dan.username, text: 'x' };
    expect((await bob.post('/messages/new', fields)).status).toBe(403);
  });

  it('in a group are for its members, and read when all others have read them', async () => {
    const id = await group(alice, [bob, carol]);
    const [hers, his] = [await alice.socket(`/group/${id}/ws`), await bob.socket(`/group/${id}/ws`)];
    const sent = await say(hers, 'who comes?');
    expect(sent).toEqual({
      id: expect.any(Number),
      text: 'who comes?',
      sender: alice.login,
      status: 'sent',
      time: TIME,
    });
    await his.find(({ payload }) => payload.text === 'who comes?');
    expect((await alice.get(`/group/${id}`)).body[0].status).toBe('sent');
    expect(await chatWith(carol, String(id))).toMatchObject({ type: 'group', name: 'Hike', unread: 1 });
    await statusOf(hers, sent.id, 'delivered');
    const [message] = (await carol.get(`/group/${id}`)).body;
    expect(message).toEqual({ ...sent, status: 'read' });
    await statusOf(hers, sent.id, 'read');
    expect((await carol.get(`/group/${id}/members`)).body.sort()).toEqual(
      [alice, bob, carol].map(({ login }) => login).sort(),
    );
  });

  it('of a group are nothing to strangers', async () => {
    const id = await group(alice, [bob]);
    for (const path of [`/group/${id}`, `/group/${id}/members`]) {
      const { status, text } = await carol.get(path);
      expect([status, text]).toEqual([403, '{"error":"you are not a member of this group"}']);
    }
    expect((await carol.get('/group/999999')).text).toBe('{"error":"group doesn\'t exist"}');
    expect((await carol.get('/group/999999')).status).toBe(404);
    for (const name of ['one', '1.5', '99999999999', '-1'])
      expect((await carol.get(`/group/${name}`)).status).toBe(400);
    expect(await (await carol.socket(`/group/${id}/ws`)).closed).toEqual({
      code: 1008,
      reason: 'you are not a member of this group',
    });
    expect((await (await carol.socket('/group/999999/ws')).closed).code).toBe(1008);
    expect(await chatWith(carol, String(id))).toBeUndefined();
  });
});
