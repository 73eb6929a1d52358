import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { befriend, type Gnw, PASSWORD, signUp } from './people.ts';

describe('the plain WebSocket of GNW', () => {
  let server: TestServer;
  let root: string;
  let own: string;
  let alice: Gnw;
  let bob: Gnw;
  let carol: Gnw;
  let dialog: string;
  beforeAll(async () => {
    server = await startTestServer({
      config: { dialectPorts: { gnw: 0 }, dialectSwitches: ['GNW_TOKEN_IN_BODY'] },
    });
    root = `${server.url}/gnw`;
    own = server.ownUrl('gnw');
    [alice, bob, carol] = [await signUp(root, 'alice'), await signUp(own, 'bob'), await signUp(own, 'carol')];
    dialog = await befriend(alice, bob);
  });
  afterAll(() => server.stop());

  it('is for clients without cookies, too, where the token is shown', async () => {
    const { username } = alice;
    const { body, cookies } = await alice.post('/login', { username, password: PASSWORD });
    expect(cookies).toEqual([`opaque_token=${body.opaque_token}`]);
    await (await RawSocket.open(`${root}/ws?token=${body.opaque_token}`)).close();
  });

  const open = (who: Gnw, url = root) => RawSocket.open(`${url}/ws?token=${who.token}`);
  const say = (cId: unknown, payload: unknown, type = 'text') => ({
    event: 'chatMessage',
    data: { cId, message: { type, payload } },
  });
  const told = (event: string) => (frame: any) => frame.event === event;

  it('carries a message to everybody in the conversation, the sender too, on both ports', async () => {
    const [alices, second, bobs] = [await open(alice), await open(alice, own), await open(bob, own)];
    alices.send({ ...say(dialog, 'Hello Bob'), id: 7 });
    const message = await bobs.find(told('chatMessage'));
    expect(message).toEqual({
      event: 'chatMessage',
      data: {
        ...{ type: 'text', payload: 'Hello Bob', from: alice.username, cId: dialog },
        timestamp: expect.closeTo(Date.now(), -5),
      },
    });
    const { timestamp } = message.data;
    for (const socket of [alices, second]) expect(await socket.find(told('chatMessage'))).toEqual(message);
    const ack = await alices.find(told('ack'));
    expect(ack).toEqual({ event: 'ack', id: 7, data: { status: 200, timestamp, cId: dialog } });
    for (const socket of [alices, second, bobs]) await socket.close();
  });

  it('takes a conversation by its id, a contact’s chatID or a contact’s username', async () => {
    const alices = await open(alice);
    for (const cId of [dialog, bob.chatID, bob.username, bob.username.toUpperCase()]) {
      alices.send({ ...say(cId, `by ${cId}`), id: cId });
      const ack = await alices.find((frame) => frame.id === cId);
      expect(ack.data).toMatchObject({ status: 200, cId: dialog });
    }
    alices.send({ event: 'fetchChat', data: { cIds: [bob.chatID, bob.username], timestamps: [0, 0] } });
    const { data } = await alices.find(told('fetchChat'));
    expect(data[bob.chatID].length).toBeGreaterThan(3);
    expect(data[bob.username]).toEqual(data[bob.chatID]);
    await alices.close();
  });

  it('says what the server knows and not what the client pretends', async () => {
    const alices = await open(alice);
    const message = { type: 'text', payload: 'me?', from: bob.username, timestamp: 5, cId: 'x' };
    alices.send({ event: 'chatMessage', data: { cId: dialog, message } });
    const heard = await alices.find((frame) => frame.data?.payload === 'me?');
    expect(heard.data).toMatchObject({ from: alice.username, cId: dialog });
    expect(heard.data.timestamp).toBeGreaterThan(5);
    await alices.close();
  });

  it('brings what was missed: what is strictly newer than the time, oldest first, under the id that was asked for', async () => {
    const [dave, erin] = [await signUp(root, 'dave'), await signUp(root, 'erin')];
    const cId = await befriend(dave, erin);
    const daves = await open(dave);
    for (const payload of ['one', 'two', 'three']) {
      daves.send({ ...say(cId, payload), id: payload });
      await daves.find((frame) => frame.id === payload);
    }
    const erins = await open(erin);
    const fetch = async (cIds: unknown[], timestamps?: unknown) => {
      const id = crypto.randomUUID();
      erins.send({ event: 'fetchChat', data: { cIds, timestamps }, id });
      await erins.find((frame) => frame.id === id);
      return erins.json.findLast(told('fetchChat'));
    };
    const all = await fetch([cId], [0]);
    expect(all).toEqual({
      event: 'fetchChat',
      data: {
        [cId]: ['one', 'two', 'three'].map((payload) => ({
          ...{ type: 'text', payload, from: dave.username },
          timestamp: expect.any(Number),
        })),
      },
    });
    const [one, two, three] = all.data[cId];
    expect((await fetch([cId], [one.timestamp])).data[cId]).toEqual([two, three]);
    expect((await fetch([cId], [three.timestamp])).data).toEqual({ [cId]: [] });
    expect((await fetch([cId, cId])).data[cId]).toHaveLength(3);
    // Numbers as the original's page has them, others' conversations, and names that objects know themselves.
    const others = await fetch([1, 2, dialog, '__proto__', 'constructor'], [0, 0, 0]);
    expect(others.data).toEqual(JSON.parse(`{"1":[],"2":[],"${dialog}":[],"__proto__":[],"constructor":[]}`));
    for (const socket of [daves, erins]) await socket.close();
  });

  it('keeps what is no text, and knows it again', async () => {
    const [alices, bobs] = [await open(alice), await open(bob)];
    const payloads: [string, unknown][] = [
      ['image', { url: 'https://example.com/a.png', size: [1, 2] }],
      ['text', { nested: { deeply: [null, true, 0] } }],
      ['text', '{"type":"image","payload":"not one"}'],
      ['text', '{"type":"broken'],
      ['number', 0],
    ];
    for (const [type, payload] of payloads) alices.send(say(dialog, payload, type));
    const messages = () => bobs.json.filter(told('chatMessage'));
    await bobs.until(() => messages().length >= payloads.length, 'all of them');
    expect(messages().map(({ data }) => [data.type, data.payload])).toEqual(payloads);
    for (const socket of [alices, bobs]) await socket.close();
  });

  it('refuses who is in no such conversation, and who is no contact any more', async () => {
    const carols = await open(carol);
    for (const cId of [dialog, alice.chatID, alice.username, crypto.randomUUID(), 1, '']) {
      carols.send({ ...say(cId, 'let me in'), id: String(cId) });
      const ack = await carols.find((frame) => frame.event === 'ack' && frame.id === String(cId));
      expect([ack.data.status, ack.data.error]).toEqual([404, expect.any(String)]);
    }
    expect(carols.json.filter(told('unauthorized'))).toHaveLength(6);

    const cId = await befriend(alice, carol);
    carols.send({ ...say(cId, 'thanks'), id: 'in' });
    expect((await carols.find((frame) => frame.id === 'in')).data.status).toBe(200);
    await alice.post('/unfriend', { friend_username: carol.username });
    carols.send({ ...say(cId, 'still there?'), id: 'out' });
    expect((await carols.find((frame) => frame.id === 'out')).data.status).toBe(403);
    carols.send({ event: 'fetchChat', data: { cIds: [cId] } });
    expect((await carols.find(told('fetchChat'))).data[cId]).toMatchObject([{ payload: 'thanks' }]);
    await carols.close();
  });

  it('tells of requests and of new contacts', async () => {
    const [dave, erin] = [await signUp(root, 'dave'), await signUp(root, 'erin')];
    const [daves, erins] = [await open(dave), await open(erin)];
    await dave.post('/addFriend', { friend_username: erin.username });
    const person = ({ username, chatID }: Gnw, displayName: string) => ({
      ...{ username, displayName, display_name: displayName, chatID },
    });
    expect(await erins.find(told('friendRequest'))).toEqual({
      ...{ event: 'friendRequest', data: person(dave, 'dave') },
    });
    const { body } = await erin.post('/addFriend', { friend_username: dave.username });
    const { conversationId } = body;
    expect((await daves.find(told('friendAdded'))).data).toEqual({ ...person(erin, 'erin'), conversationId });
    expect((await erins.find(told('friendAdded'))).data).toEqual({ ...person(dave, 'dave'), conversationId });
    expect(daves.json.filter(told('friendRequest'))).toEqual([]);
    // The new conversation needs no other word.
    daves.send(say(conversationId, 'hello'));
    expect((await erins.find(told('chatMessage'))).data.payload).toBe('hello');
    for (const socket of [daves, erins]) await socket.close();
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['half a JSON', '{"event":'],
    ['a list', '[]'],
    ['no event', '{}'],
    ['an event that is an object', '{"event":{}}'],
    ['no data', '{"event":"chatMessage"}'],
    ['no message', '{"event":"chatMessage","data":{"cId":"x"}}'],
    [
      'a conversation that is an object',
      '{"event":"chatMessage","data":{"cId":{},"message":{"type":"text","payload":"x"}}}',
    ],
    ['no payload', '{"event":"chatMessage","data":{"cId":"x","message":{"type":"text"}}}'],
    ['an empty text', '{"event":"chatMessage","data":{"cId":"x","message":{"type":"text","payload":""}}}'],
    [
      'a payload of ten thousand levels',
      `{"event":"chatMessage","data":{"cId":"x","message":{"type":"a","payload":${'['.repeat(10_000)}${']'.repeat(10_000)}}}}`,
    ],
    [
      'a text that is too long',
      JSON.stringify({
        event: 'chatMessage',
        data: { cId: 'x', message: { type: 'text', payload: 'x'.repeat(8_001) } },
      }),
    ],
    ['NUL', '{"event":"chatMessage","data":{"cId":"x","message":{"type":"text","payload":"a\\u0000"}}}'],
    ['ids that are no list', '{"event":"fetchChat","data":{"cIds":"x"}}'],
    ['too many ids', JSON.stringify({ event: 'fetchChat', data: { cIds: Array(101).fill(1) } })],
  ])('answers %s with a refusal, and goes on', async (_what, frame) => {
    const socket = await open(alice);
    socket.send(frame);
    socket.send({ event: 'what is this?', id: 1 });
    expect(await socket.find(told('ack'))).toEqual({ event: 'ack', id: 1, data: { status: 200 } });
    expect(socket.frames.join()).not.toContain('our side');
    expect(socket.json.filter(told('refused'))).toEqual([
      { event: 'refused', data: { error: expect.any(String) } },
    ]);
    await socket.close();
  });

  it('is closed by a frame that is larger than any message', async () => {
    const socket = await open(alice);
    socket.send('x'.repeat(64 * 1024 + 1));
    expect((await socket.closed).code).toBe(1009);
  });

  it('lets in by cookie and by header too, and nobody without a good token or from another site', async () => {
    const cookie = { Cookie: `opaque_token=${alice.token}` };
    for (const headers of [cookie, { Authorization: `Bearer ${alice.token}` }])
      await (await RawSocket.open(`${root}/ws`, { headers })).close();
    await (await RawSocket.open(`${root}/ws`, { headers: { ...cookie, Origin: server.url } })).close();
    const refused = async (path: string, headers = {}) => {
      const { status, body } = await RawSocket.refused(`${root}${path}`, { headers });
      return [status, JSON.parse(body)];
    };
    expect(await refused('/ws')).toEqual([401, { error: 'sign in first' }]);
    expect(await refused('/ws?token=made-up')).toEqual([401, { error: 'sign in first' }]);
    expect(await refused('/ws', { ...cookie, Origin: 'http://evil.example' })).toEqual([
      ...[403, { error: 'not from another site' }],
    ]);
    expect(await refused('/elsewhere', cookie)).toEqual([404, { error: 'no such socket' }]);
  });

  it('ends with its session, and no other', async () => {
    const dave = await signUp(root, 'dave');
    const { cookies } = await dave.post('/login', { username: dave.username, password: 'x' });
    const token = cookies[0]!.slice('opaque_token='.length);
    const [first, second] = [await open(dave), await open({ ...dave, token })];
    await dave.post('/logout');
    expect((await first.closed).code).toBe(4001);
    second.send({ event: 'ping', id: 1 });
    expect((await second.find(told('ack'))).data).toEqual({ status: 200 });
    await second.close();
  });
});
