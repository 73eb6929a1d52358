import io, { type Client } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { befriend, type Gnw, signUp } from './people.ts';
import { Polling } from './polling.ts';

const MOST = 4;

describe('Socket.IO of GNW', () => {
  let server: TestServer;
  let root: string;
  let own: string;
  let alice: Gnw;
  let bob: Gnw;
  let dialog: string;
  const clients: Client[] = [];
  beforeAll(async () => {
    const config = { dialectPorts: { gnw: 0 }, socketsPerAddress: MOST, trustedProxies: ['127.0.0.1'] };
    server = await startTestServer({ config: { ...config, allowedOrigins: ['http://localhost:3000'] } });
    root = `${server.url}/gnw`;
    own = server.ownUrl('gnw');
    [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    dialog = await befriend(alice, bob);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => server.stop());

  let network = 0;

  /** The real client of old pages, each from an address of its own. */
  async function connect(
    url: string,
    transports: string[],
    headers: Record<string, string> = {},
  ): Promise<Client> {
    const { origin, pathname } = new URL(url);
    const path = `${pathname.replace(/\/$/, '')}/socket.io`;
    const extraHeaders = { 'X-Forwarded-For': nextAddress(), ...headers };
    const transportOptions = { polling: { extraHeaders }, websocket: { extraHeaders } };
    const client = io(origin, {
      path,
      transports,
      transportOptions,
      forceNew: true,
      forceNode: true,
      reconnection: false,
    });
    clients.push(client);
    await heard(client, 'connect');
    return client;
  }

  const nextAddress = () => `203.0.113.${++network}`;
  const polling = (token = '') => new Polling(root, nextAddress(), token);

  const say = (payload: string, cId = dialog) => ({ cId, message: { type: 'text', payload } });

  it('opens by long polling with the frames that its clients know', async () => {
    const client = polling();
    const opened = await client.get();
    expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'text/plain; charset=UTF-8']);
    const [, length, open = ''] = /^(\d+):0(\{.*\})$/.exec(opened.text) ?? [];
    expect(Number(length)).toBe(open.length + 1);
    const { sid, ...rest } = JSON.parse(open);
    expect(rest).toMatchObject({ upgrades: ['websocket'], pingInterval: 25_000, pingTimeout: 5_000 });

    client.sid = sid;
    expect((await client.get()).text).toBe('2:40');
    expect(await client.post('2')).toBe(200);
    expect((await client.get()).text).toBe('1:3');
    expect(await client.post('420["fetchChat",{"cIds":[1],"timestamps":[0]}]')).toBe(200);
    expect((await client.get()).text).toBe(
      ['42["unauthorized",{"error":"sign in first"}]', '430[{"status":401,"error":"sign in first"}]']
        .map((packet) => `${packet.length}:${packet}`)
        .join(''),
    );
  });

  it('opens by a WebSocket with the frames that its clients know', async () => {
    const socket = await RawSocket.open(`${own}/socket.io/?EIO=3&transport=websocket&token=${alice.token}`);
    expect(await socket.nextText()).toMatch(/^0\{"sid":"/);
    expect(await socket.nextText()).toBe('40');
    socket.send('2');
    await socket.until(() => socket.frames.includes('3'), 'the pong');
    socket.send(`425["chatMessage",${JSON.stringify(say('raw'))}]`);
    await socket.until(() => socket.frames.some((frame) => frame.startsWith('435')), 'the answer');
    const answer = JSON.parse(socket.frames.find((frame) => frame.startsWith('435'))!.slice(3));
    expect(answer).toEqual([{ status: 200, timestamp: expect.any(Number), cId: dialog }]);
    const message = {
      type: 'text',
      payload: 'raw',
      timestamp: answer[0].timestamp,
      from: alice.username,
      cId: dialog,
    };
    await socket.until(
      () => socket.frames.includes(`42["chatMessage",${JSON.stringify(message)}]`),
      'the message',
    );
    await socket.close();
  });

  it.each([
    ['long polling', ['polling']],
    ['a WebSocket', ['websocket']],
    ['long polling first and a WebSocket then', ['polling', 'websocket']],
  ])('carries messages between its own clients by %s, on both ports', async (_how, transports) => {
    const [alices, bobs] = [await connect(root, transports), await connect(own, transports)];
    alices.emit('connection', { token: alice.token });
    bobs.emit('connection', { token: bob.token });
    bobs.emit('fetchChat', { cIds: [dialog, 2], timestamps: [Date.now() + 1_000, 0] });
    expect(Object.keys(await heard(bobs, 'fetchChat'))).toEqual(['2', dialog]);
    const news = Promise.all([heard(alices, 'chatMessage'), heard(bobs, 'chatMessage')]);
    const payload = `hello by ${transports}`;
    const answer: any = await new Promise((resolve) => alices.emit('chatMessage', say(payload), resolve));
    expect(answer).toEqual({ status: 200, timestamp: expect.any(Number), cId: dialog });
    const message = {
      ...say(payload).message,
      timestamp: answer.timestamp,
      from: alice.username,
      cId: dialog,
    };
    expect(await news).toEqual([message, message]);
  });

  it('knows by the cookie of the handshake who comes, and lets nobody without speak, whatever they claim', async () => {
    const byCookie = await connect(root, ['websocket'], { Cookie: `opaque_token=${alice.token}` });
    byCookie.emit('fetchChat', { cIds: [dialog], timestamps: [] });
    expect((await heard(byCookie, 'fetchChat'))[dialog].length).toBeGreaterThan(0);

    // As the original's page introduces itself.
    const stranger = await connect(root, ['websocket']);
    const told: unknown[] = [];
    stranger.on('unauthorized', (data) => told.push(data));
    const introduced = await new Promise((resolve) =>
      stranger.emit('connection', { uid: 'whoimi' }, resolve),
    );
    expect([introduced, told]).toEqual([{ status: 401, error: 'sign in first' }, []]);
    for (const token of ['made-up', alice.chatID]) {
      stranger.emit('connection', { token });
      expect(await heard(stranger, 'unauthorized')).toEqual({ error: 'sign in first' });
    }
    for (const [event, data] of [
      ['fetchChat', { cIds: [dialog], timestamps: [0] }],
      ['chatMessage', say('let me in')],
    ] as const) {
      stranger.emit(event, data);
      expect(await heard(stranger, 'unauthorized')).toEqual({ error: 'sign in first' });
    }
    // The same socket, once it has a token.
    stranger.emit('connection', { token: bob.token });
    const answer: any = await new Promise((resolve) =>
      stranger.emit('chatMessage', say('thank you'), resolve),
    );
    expect(answer.status).toBe(200);
  });

  it('answers bad data with a refusal, and goes on', async () => {
    const client = await connect(root, ['websocket'], { Cookie: `opaque_token=${alice.token}` });
    for (const data of [undefined, null, 7, 'x', [], {}, { cId: dialog }, { cId: {}, message: {} }]) {
      const refused = heard(client, 'refused');
      const answer: any = await new Promise((resolve) => client.emit('chatMessage', data, resolve));
      expect(answer).toEqual({ status: 400, error: expect.any(String) });
      expect(await refused).toEqual({ error: answer.error });
    }
    expect(client.connected).toBe(true);
  });

  it('ends with its session, and tells the client not to come back', async () => {
    const dave = await signUp(root, 'dave');
    const client = await connect(root, ['polling']);
    await new Promise((resolve) => client.emit('connection', { token: dave.token }, resolve));
    const reason = heard(client, 'disconnect');
    await dave.post('/logout');
    expect(await reason).toBe('io server disconnect');
  });

  it('is for pages that are named, and never by script elements', async () => {
    const polling = `${root}/socket.io/?EIO=3&transport=polling`;
    const from = (headers: Record<string, string>, query = '') => ask('GET', polling + query, { headers });
    const named = await from({ Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' });
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'http://localhost:3000',
    ]);
    expect(named.headers.get('access-control-allow-credentials')).toBe('true');
    expect((await from({ Origin: 'http://evil.example' })).status).toBe(403);
    expect((await from({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect(await from({}, '&j=0')).toMatchObject({ status: 400, body: { error: 'no JSONP' } });
    const upgrade = { headers: { Origin: 'http://evil.example' } };
    expect((await RawSocket.refused(polling.replace('polling', 'websocket'), upgrade)).status).toBe(403);
    expect((await ask('GET', `${polling}&sid=made-up`)).status).toBe(400);
    expect((await ask('POST', `${polling}&sid=made-up`, { body: '1:2' })).status).toBe(400);
    expect((await ask('GET', polling.replace('polling', 'carrier-pigeon'))).status).toBe(400);
  });

  it('takes no more in one request than a frame may have', async () => {
    const client = polling();
    await client.open();
    expect(await client.post('4'.repeat(64 * 1024))).toBe(413);
  });

  it('cuts off who fetches nothing of what it has asked for', async () => {
    const bobs = await RawSocket.open(`${root}/ws?token=${bob.token}`);
    for (let n = 0; n < 30; n += 1) bobs.send({ event: 'chatMessage', data: say('x'.repeat(8_000)) });
    bobs.send({ event: 'done', id: 1 });
    await bobs.find(({ id }) => id === 1);
    await bobs.close();
    const client = polling(alice.token);
    await client.open();
    const fetchAll = `42["fetchChat",{"cIds":["${dialog}"]}]`;
    expect(await client.post(...Array(30).fill(fetchAll))).toBe(200);
    await expect.poll(() => client.post('2'), { timeout: 20_000 }).toBe(400);
  });

  it('counts whoever polls like a socket, for as long as they stay', async () => {
    const headers = { 'X-Forwarded-For': '198.51.100.7' };
    const url = `${root}/socket.io/?EIO=3&transport=polling`;
    const open = () => ask('GET', url, { headers });
    const opened = await Promise.all(Array.from({ length: MOST }, open));
    expect(opened.map(({ status }) => status)).toEqual(Array(MOST).fill(200));
    const tooMany = await open();
    expect([tooMany.status, tooMany.headers.get('retry-after')]).toEqual([429, '10']);
    expect(tooMany.body).toEqual({ error: expect.any(String) });
    expect((await RawSocket.refused(url.replace('polling', 'websocket'), { headers })).status).toBe(429);
    const sid = /"sid":"([^"]+)"/.exec(opened[0]!.text)![1];
    expect((await ask('POST', `${url}&sid=${sid}`, { body: '1:1', headers })).text).toBe('ok');
    expect((await open()).status).toBe(200);
    expect((await open()).status).toBe(429);
  });

  it('cuts off who says more than can be heard', async () => {
    const flood = await connect(root, ['websocket'], { Cookie: `opaque_token=${alice.token}` });
    const gone = heard(flood, 'disconnect');
    for (let n = 0; n < 2_000; n += 1) flood.emit('fetchChat', { cIds: [dialog], timestamps: [0] });
    expect(await gone).toMatch(/transport/);
  });

  it('serves the client that its pages load, and a page that loads it', async () => {
    const script = await ask('GET', `${root}/socket.io/socket.io.js`);
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
    expect(script.text).toMatch(/Socket\.IO v2\./);
    for (const folder of [root, own]) {
      const page = await ask('GET', `${folder}/`);
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(page.text).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
      for (const [, file] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
        expect((await ask('GET', `${folder}/${file}`)).status).toBe(200);
    }
    expect((await ask('GET', root)).headers.get('location')).toBe('/gnw/');
  });

  // The last one: there is no server after it.
  it('does not tell clients to stay away when their server stops, as they can dial again', async () => {
    const client = await connect(root, ['polling']);
    const reason = heard(client, 'disconnect');
    await server.stop();
    expect(await reason).toMatch(/^transport/);
  });
});

/** The data of the next such event. */
function heard(client: Client, event: string): Promise<any> {
  return new Promise((resolve) => client.once(event, resolve));
}
