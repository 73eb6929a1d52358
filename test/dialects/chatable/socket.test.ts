import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../../support/cast.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type Client, native, registered, sign, signedIn } from './client.ts';

describe('the socket of chatable', () => {
  let server: TestServer;
  let url: string;
  let alice: Client;
  let bob: Client;
  const open: RawSocket[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    url = `${server.url}/chatable`;
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    for (const socket of open.splice(0)) await socket.close();
    [alice, bob] = [await registered(url, 'alice'), await registered(url, 'bob')];
  });

  const connect = async (client: Client): Promise<RawSocket> => {
    const socket = await client.connect();
    open.push(socket);
    return socket;
  };
  const texts = async (client: Client, peer: string): Promise<string[]> => {
    const { data } = (await client.get(`/api/thread/${peer}`)).body;
    return data.map(({ message }: { message: string }) => message);
  };

  it('brings a message to every connection of its recipient, and none back to its sender', async () => {
    const [desk, phone] = [await connect(alice), await connect(await signedIn(url, alice.username))];
    const [sender, other] = [await connect(bob), await connect(await signedIn(url, bob.username))];
    sender.send(`{"author":"${bob.username}","recipient":"${alice.username}","message":"hello"}`);
    const heard = await desk.nextText();
    const { created_at: time } = JSON.parse(heard);
    expect(heard).toBe(
      `{"author":"${bob.username}","recipient":"${alice.username}","message":"hello","message_type":0,"created_at":"${time}"}`,
    );
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z$/);
    expect(await phone.nextText()).toBe(heard);
    // Whoever has the frame finds it in the thread.
    expect((await alice.get(`/api/thread/${bob.username}`)).body.data).toEqual([JSON.parse(heard)]);
    desk.send({ recipient: bob.username, message: 'and back' });
    expect([(await sender.next()).message, (await other.next()).message]).toEqual(['and back', 'and back']);
    expect([sender, other, desk, phone].map(({ frames }) => frames.length)).toEqual([1, 1, 1, 1]);
  });

  it('knows who writes, whatever the frame says', async () => {
    const [hers, his] = [await connect(alice), await connect(bob)];
    for (const author of [alice.username, 'nobody', '', 7, null, { $ne: 1 }])
      his.send({ author, recipient: alice.username, message: 'from bob' });
    for (let n = 0; n < 6; n += 1) expect((await hers.next()).author).toBe(bob.username);
    expect(await texts(alice, bob.username)).toHaveLength(6);
  });

  it('brings what one writes to oneself to all of one’s own connections, and keeps it once', async () => {
    const [desk, phone] = [await connect(bob), await connect(bob)];
    desk.send({ recipient: bob.username, message: 'milk' });
    for (const socket of [desk, phone])
      expect(await socket.next()).toMatchObject({ author: bob.username, recipient: bob.username });
    expect(await texts(bob, bob.username)).toEqual(['milk']);
  });

  it('ignores what is no message and hears what comes after it', async () => {
    const [hers, his] = [await connect(alice), await connect(bob)];
    const message = 'x';
    for (const frame of [
      'nonsense',
      '',
      '[]',
      'null',
      '{"recipient"',
      new Uint8Array([0, 255, 128]),
      {},
      { recipient: alice.username },
      { message },
      { recipient: alice.username, message: '' },
      { recipient: alice.username, message: 7 },
      { recipient: alice.username, message: { text: 'x' } },
      { recipient: alice.username, message: 'nul\0' },
      { recipient: alice.username, message: '\ud800' },
      { recipient: alice.username, message: 'x'.repeat(8_001) },
      { recipient: alice.username, message, message_type: 2 },
      { recipient: alice.username, message, message_type: '1' },
      { recipient: [alice.username], message },
      { recipient: 7, message },
      { recipient: 'nul\0', message },
      { recipient: '', message },
      { recipient: 'nobody_at_all', message },
      { recipient: 'x'.repeat(20_000), message },
      '['.repeat(60_000),
    ])
      his.send(frame);
    his.send({ recipient: alice.username, message: 'x'.repeat(8_000) });
    his.send({ recipient: alice.username, message: 'last' });
    expect((await hers.next()).message).toHaveLength(8_000);
    expect((await hers.next()).message).toBe('last');
    expect(await texts(alice, bob.username)).toHaveLength(2);
    expect(his.frames).toEqual([]);
  });

  it('carries photos by their address, and says so in the thread as well', async () => {
    const [hers, his] = [await connect(alice), await connect(bob)];
    const photo = { recipient: alice.username, message: 'https://example.com/a.png', message_type: 1 };
    his.send(photo);
    expect(await hers.next()).toMatchObject({ ...photo, author: bob.username });
    his.send({ ...photo, message_type: 0 });
    expect((await hers.next()).message_type).toBe(0);
    const { data } = (await alice.get(`/api/thread/${bob.username}`)).body;
    expect(data.map((each: { message_type: number }) => each.message_type)).toEqual([0, 1]);
  });

  it('keeps what comes while its recipient is away for the thread, and does not replay it', async () => {
    const his = await connect(bob);
    his.send({ recipient: alice.username, message: 'are you there?' });
    await expect.poll(() => texts(alice, bob.username)).toEqual(['are you there?']);
    const hers = await connect(alice);
    his.send({ recipient: alice.username, message: 'now?' });
    expect((await hers.next()).message).toBe('now?');
  });

  it('keeps the order of what is written in a burst', async () => {
    const [hers, his] = [await connect(alice), await connect(bob)];
    const sent = Array.from({ length: 60 }, (_, n) => String(n));
    for (const message of sent) his.send({ recipient: alice.username, message });
    await hers.until(() => hers.frames.length === sent.length);
    expect(hers.json.map(({ message }) => message)).toEqual(sent);
  });

  it('drops silently what a block stands against, in both directions', async () => {
    const [hers, his] = [await connect(alice), await connect(bob)];
    const [alices, bobs] = [await native(server, alice), await native(server, bob)];
    await alices.api('PUT', `/blocks/${bobs.id}`);
    his.send({ recipient: alice.username, message: 'let me in' });
    hers.send({ recipient: bob.username, message: 'go away' });
    // A message to oneself goes the same way, after them.
    for (const [socket, { username }] of [
      [his, bob],
      [hers, alice],
    ] as const) {
      socket.send({ recipient: username, message: 'done' });
      expect((await socket.next()).message).toBe('done');
    }
    await alices.api('DELETE', `/blocks/${bobs.id}`);
    his.send({ recipient: alice.username, message: 'and now?' });
    expect((await hers.next()).message).toBe('and now?');
    expect(await texts(alice, bob.username)).toEqual(['and now?']);
  });

  describe('and people who use our own protocol', () => {
    let carol: Person;
    beforeEach(async () => {
      carol = await person(server.url, 'carol');
    });

    it('write to each other, and know what has arrived and what is read', async () => {
      const [room, his] = [await carol.join('dialog', { username: bob.username }), await connect(bob)];
      const bobs = await native(server, bob);
      await room.request('send', { text: 'Hello from the SDK' });
      expect(await his.next()).toMatchObject({
        author: carol.username,
        recipient: bob.username,
        message: 'Hello from the SDK',
      });
      await room.until(() => room.state.members.get(bobs.id)?.deliveredSeq === 1, 'the delivered mark');
      expect(room.state.members.get(bobs.id)).toMatchObject({ readSeq: 0, online: true });
      await bob.get(`/api/thread/${carol.username}`);
      await room.until(() => room.state.members.get(bobs.id).readSeq === 1, 'the read mark');
      his.send({ recipient: carol.username, message: 'Hello from a socket' });
      const { message } = await room.next('message', ({ message }) => message.seq === 2);
      expect(message).toMatchObject({ senderId: bobs.id, text: 'Hello from a socket' });
      await his.close();
      await room.until(() => room.state.members.get(bobs.id).online === false, 'bob offline');
      await room.room.leave();
    });

    it('become friends without disturbing it, and see its messages on all devices', async () => {
      const his = await connect(bob);
      const bobs = await native(server, bob);
      const inbox = await bobs.join('inbox');
      const asked = await carol.api('POST', '/friendships', { userId: bobs.id });
      await bobs.api('PATCH', `/friendships/${asked.body.id}`, { status: 'accepted' });
      await inbox.next('friendship', ({ friendship }) => friendship.status === 'accepted');
      his.send({ recipient: carol.username, message: 'from my old client' });
      await inbox.next('message', ({ message }) => message.text === 'from my old client');
      await inbox.room.leave();
      his.send({ recipient: bob.username, message: 'done' });
      expect(await his.next()).toMatchObject({ message: 'done' });
    });
  });

  it.each<[string, () => Promise<string | undefined>]>([
    ['without a token', async () => undefined],
    ['with nonsense', async () => 'nonsense'],
    ['with somebody’s guess', async () => sign({ ...bob.keys, secret_access_key: 'guess' }, {})],
    [
      'with a key that was given back',
      async () => {
        await ask('DELETE', `${url}/api/auth_token?access_token=${bob.token}`);
        return bob.token;
      },
    ],
  ])('is refused before the upgrade %s, in the envelope', async (_what, tokenOf) => {
    const token = await tokenOf();
    const query = token === undefined ? '' : `?access_token=${token}`;
    const { status, body } = await RawSocket.refused(`${url}/api/ws${query}`);
    expect([status, JSON.parse(body)]).toEqual([
      401,
      {
        status: 'fail',
        data: [],
        error: { code: 401, errors: { error: 'Unauthenticated' }, message: 'Authentication error' },
        page: 1,
        per_page: 10,
        current_page: 0,
      },
    ]);
  });

  it('is nowhere else, and nothing but a socket', async () => {
    const nowhere = await RawSocket.refused(`${url}/api/wss?access_token=${bob.token}`);
    expect([nowhere.status, JSON.parse(nowhere.body).error.code]).toEqual([404, 404]);
    expect((await bob.get('/api/ws')).body.error).toMatchObject({ code: 400, message: 'User error' });
  });

  it('lets pages of any origin in, as it is a token that opens it', async () => {
    const headers = { Origin: 'https://elsewhere.example', Authorization: `BEARER ${bob.token}` };
    const socket = await RawSocket.open(`${url}/api/ws`, { headers });
    expect(socket.isOpen).toBe(true);
    await socket.close();
  });
});
