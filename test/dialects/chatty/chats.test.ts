import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailTo } from '../../support/mailbox.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask, type RawReply } from '../support/raw-fetch.ts';
import { ChattyClient, inShort } from './client.ts';

const HELP = 'Available commands: /help, /anecdot (/anekdot)';

describe('chats of chatty clients', () => {
  let server: TestServer;
  let root: string;
  let admin: ChattyClient;
  let alice: ChattyClient;
  let bob: ChattyClient;
  let names: { alice: string; bob: string };
  let chat: string;

  beforeAll(async () => {
    server = await startTestServer({
      config: { longPollMs: 150, admins: ['root'], dialectPorts: { chatty: 0 } },
    });
    root = server.ownUrl('chatty');
    admin = new ChattyClient(root);
    await admin.post('register', { user: 'root', email: 'root@example.org', password: 'secret' });
    const { text } = await mailTo(server, 'root@example.org');
    expect((await ask('GET', /^http\S+verifyEmail\S+$/m.exec(text)![0])).status).toBe(200);
    expect((await admin.post('authorize', { user: 'root', password: 'secret' })).body.admin).toBe(true);
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    const mark = randomUUID().slice(0, 8);
    names = { alice: `alice-${mark}`, bob: `bob-${mark}` };
    chat = `tea ${mark}`;
    expect((await admin.post('adminonly/createChat', { chat })).status).toBe(200);
    alice = await new ChattyClient(root).guest(names.alice);
    bob = await new ChattyClient(root).guest(names.bob);
  });

  const told = ({ status, body, text }: RawReply) => [status, body?.error ?? text];
  const join = (who: ChattyClient, into = chat) => who.post('loggedonly/joinChat', { chat: into });
  const say = (who: ChattyClient, text: string) => who.post('loggedonly/postMessage', { chat, text });
  const now = () => Math.floor(Date.now() / 1_000);
  const flags = { verified: false, admin: false, bot: false };

  it('has Main from the start, and lists chats by name with nothing in them for who has not joined', async () => {
    const { status, body } = await alice.call('GET', 'loggedonly/getChats');
    expect(status).toBe(200);
    const user = names.alice;
    expect(body).toContainEqual({ user, chat: 'Main', joined: false, messages: [], users: [] });
    expect(body).toContainEqual({ user, chat, joined: false, messages: [], users: [] });
    const listed = body.map((report: { chat: string }) => report.chat);
    expect(listed).toEqual(listed.toSorted());
  });

  it('is joined per session, with a report of what is in it', async () => {
    await join(bob);
    const posted = await bob.post('loggedonly/postMessage', {
      user: 'root',
      chat,
      text: 'hello',
      id: 7,
      time: 1,
    });
    const message = { user: names.bob, ...flags, chat, id: expect.any(Number), text: 'hello' };
    expect(posted.body).toEqual({ ...message, time: expect.closeTo(now(), -1) });
    expect(posted.text).toMatch(/"id":\d+,"text":"hello","time":\d{10}\}$/);
    const { body } = await join(alice);
    expect(body).toEqual({
      user: names.alice,
      chat,
      joined: true,
      messages: [posted.body],
      users: [
        { user: names.alice, ...flags },
        { user: names.bob, ...flags },
      ],
    });
    expect((await alice.call('GET', 'loggedonly/getChats')).body).toContainEqual(body);
    expect((await alice.post('loggedonly/getUsers', { chat })).body).toEqual(body.users);
    await alice.post('loggedonly/login');
    expect(told(await alice.post('loggedonly/getUsers', { chat }))).toEqual([
      ...[400, 'user not logged in such chat'],
    ]);
  });

  it('answers the newest 50 messages, oldest first, by ids that grow', async () => {
    await join(alice);
    expect((await alice.post('loggedonly/getLastMessages', { chat })).text).toBe('[]');
    for (let n = 1; n <= 52; n += 1) await say(alice, `${n}`);
    const { body } = await alice.post('loggedonly/getLastMessages', { chat });
    expect(body.map(({ text }: { text: string }) => Number(text))).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 3),
    );
    const ids = body.map(({ id }: { id: number }) => id);
    expect(ids).toEqual(ids.toSorted((one: number, other: number) => one - other));
  });

  it('is closed to who has not joined it, in the words of the original', async () => {
    const notIn = [400, 'user not logged in such chat'];
    for (const what of [{ chat }, { chat: 'no such' }, { chat: '' }, {}]) {
      expect(told(await alice.post('loggedonly/getLastMessages', what))).toEqual(notIn);
      expect(told(await alice.post('loggedonly/getUsers', what))).toEqual(notIn);
    }
    expect(told(await say(alice, 'hello'))).toEqual(notIn);
    expect(told(await alice.post('loggedonly/leaveChat', { chat }))).toEqual(notIn);
    for (const name of ['no such', '', 'a\0b', '\ud800', chat.toUpperCase()]) {
      expect(told(await join(alice, name))).toEqual([400, 'no such chat']);
      expect(told(await alice.post('loggedonly/leaveChat', { chat: name }))).toEqual([400, 'no such chat']);
    }
    await join(alice);
    expect(told(await join(alice))).toEqual([400, 'user is already logged in chat']);
    const routes = ['joinChat', 'leaveChat', 'getLastMessages', 'getUsers', 'postMessage'];
    for (const route of routes) {
      for (const body of [undefined, [], { chat: 7 }])
        expect(told(await alice.call('POST', `loggedonly/${route}`, body))).toEqual([
          400,
          'cannot parse data',
        ]);
    }
    for (const text of ['', 'a\0b', 'x'.repeat(8_001)]) expect((await say(alice, text)).status).toBe(400);
    expect((await alice.post('loggedonly/getLastMessages', { chat })).body).toEqual([]);
  });

  it('tells its events in literal frames, integers and both spellings of the time', async () => {
    await alice.drain();
    await join(bob);
    await join(alice);
    await say(bob, 'hello');
    await bob.post('loggedonly/leaveChat', { chat });
    await bob.post('loggedonly/logout');
    const time = expect.any(Number);
    const [alicesName, bobsName] = [names.alice, names.bob];
    const frames = [];
    for (let next = await alice.poll(); next.text !== ''; next = await alice.poll()) frames.push(next.body);
    expect(frames).toEqual([
      { event: { user: alicesName, chat, Time: time, time, ...flags }, type: 'ChatJoinEvent' },
      { event: { chat, user: alicesName, time }, type: 'SystemMessageChatJoinEvent' },
      { event: { user: bobsName, ...flags, chat, id: time, text: 'hello', time }, type: 'MessageEvent' },
      { event: { user: bobsName, chat, Time: time, time }, type: 'ChatLeaveEvent' },
      { event: { chat, user: bobsName, time }, type: 'SystemMessageChatLeaveEvent' },
      { event: { user: bobsName, chat: '', Time: time, time }, type: 'LogoutEvent' },
    ]);
    for (const { event } of frames) {
      expect(Number.isInteger(event.time)).toBe(true);
      expect(Math.abs(event.time - now())).toBeLessThan(60);
    }
  });

  it('answers /help as a bot, right after it, and nothing else', async () => {
    await join(alice);
    await alice.drain();
    for (const text of ['/Help', '/help me', '/anecdot', '/help']) await say(alice, text);
    const seen = await alice.drain();
    expect(seen).toEqual([
      ...['/Help', '/help me', '/anecdot', '/help'].map(
        (text) => `MessageEvent ${names.alice} ${chat} ${text}`,
      ),
      `MessageEvent Bot ${chat} ${HELP}`,
    ]);
    const { body } = await alice.post('loggedonly/getLastMessages', { chat });
    expect(body.at(-1)).toMatchObject({ user: 'Bot', bot: true, verified: false, admin: false, text: HELP });
    expect((await alice.post('loggedonly/getUsers', { chat })).body).toEqual([
      { user: names.alice, ...flags },
    ]);
  });

  it('is made and removed by admins with a proven address, and by nobody else', async () => {
    await alice.drain();
    await join(alice);
    await say(alice, 'before');
    const [other, unnamed] = [`${chat} too`, ' '];
    for (const path of ['adminonly/createChat', 'adminonly/removeChat']) {
      expect(told(await alice.post(path, { chat }))).toEqual([403, 'unauthorized']);
      expect(told(await new ChattyClient(root).post(path, { chat }))).toEqual([401, 'user not logged in']);
      expect(told(await admin.call('POST', path))).toEqual([400, 'cannot parse data']);
    }
    expect(told(await admin.post('adminonly/createChat', { chat }))).toEqual([400, 'chat already exists']);
    for (const name of ['', unnamed, 'x'.repeat(101), 'a\0b'])
      expect((await admin.post('adminonly/createChat', { chat: name })).status).toBe(400);
    expect(told(await admin.post('adminonly/createChat', { chat: other }))).toEqual([200, '']);
    expect(told(await admin.post('adminonly/removeChat', { chat: 'no such' }))).toEqual([
      400,
      'no such chat',
    ]);
    expect(told(await admin.post('adminonly/removeChat', { chat }))).toEqual([200, '']);
    expect((await alice.drain()).slice(2)).toEqual([
      `MessageEvent ${names.alice} ${chat} before`,
      `ChatCreatedEvent ${other}`,
      `ChatRemovedEvent ${chat}`,
    ]);
    expect(told(await say(alice, 'after'))).toEqual([400, 'user not logged in such chat']);
    expect(told(await join(alice))).toEqual([400, 'no such chat']);
    await admin.post('adminonly/createChat', { chat });
    expect((await join(alice)).body.messages).toMatchObject([{ text: 'before' }]);
  });

  it('keeps the name of a guest who has gone to what they said', async () => {
    await join(bob);
    await say(bob, 'hello');
    await bob.post('loggedonly/logout');
    await new ChattyClient(root).guest(names.bob);
    expect((await join(alice)).body).toMatchObject({
      messages: [{ user: names.bob, text: 'hello' }],
      users: [{ user: names.alice }],
    });
  });

  it('shows a login and a logout to everybody, one’s own login first', async () => {
    const own = await alice.next();
    expect(inShort(own)).toBe(`LoginEvent ${names.alice}`);
    await bob.post('loggedonly/login');
    expect((await alice.drain()).slice(0, 3)).toEqual([
      ...[`LoginEvent ${names.bob}`, `LogoutEvent ${names.bob}`, `LoginEvent ${names.bob}`],
    ]);
    expect((await bob.drain())[0]).toBe(`LoginEvent ${names.bob}`);
  });
});
