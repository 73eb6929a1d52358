import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../support/cast.ts';
import { mailTo } from '../../support/mailbox.ts';
import { type Person, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { ChattyClient, inShort } from './client.ts';

describe('chatty beside the other wires', () => {
  let server: TestServer;
  let root: string;

  beforeAll(async () => {
    server = await startTestServer({ config: { longPollMs: 200, dialectPorts: { chatty: 0 } } });
    root = server.ownUrl('chatty');
  });
  afterAll(() => server.stop());

  it('lives a whole client’s life, with nothing but requests, in the order of the old clients', async () => {
    const post = (path: string, cookie: string, body?: object) =>
      ask('POST', `${root}/api/${path}`, { headers: { Cookie: cookie }, body: JSON.stringify(body ?? {}) });
    const alice = { user: 'alice', email: 'alice@example.org', password: 'secret' };
    expect((await post('register', '', alice)).status).toBe(200);
    const { text } = await mailTo(server, alice.email);
    expect((await ask('GET', /^http\S+verifyEmail\S+$/m.exec(text)![0])).status).toBe(200);
    const authorized = await post('authorize', '', { user: 'alice', password: 'secret' });
    const cookie = authorized.cookies[0]!;
    expect(authorized.headers.getSetCookie()[0]).toContain('Path=/;');
    const headers = { Cookie: cookie };
    const poll = async () => (await ask('GET', `${root}/api/loggedonly/poll`, { headers })).text;
    const keepalive = () => ask('PUT', `${root}/api/loggedonly/keepalive`, { headers });
    const time = /"(T|t)ime":\d{10}/g;

    expect((await poll()).replace(time, '"$1ime":0')).toBe(
      '{"event":{"user":"alice","chat":"","Time":0,"time":0},"type":"LoginEvent"}',
    );
    const chats = await ask('GET', `${root}/api/loggedonly/getChats`, { headers });
    expect(chats.text).toBe('[{"user":"alice","chat":"Main","joined":false,"messages":[],"users":[]}]');
    const joined = await post('loggedonly/joinChat', cookie, { chat: 'Main' });
    const user = '{"user":"alice","verified":true,"admin":false,"bot":false}';
    expect(joined.text).toBe(`{"user":"alice","chat":"Main","joined":true,"messages":[],"users":[${user}]}`);
    const flags = '"verified":true,"admin":false,"bot":false';
    expect((await poll()).replace(time, '"$1ime":0')).toBe(
      `{"event":{"user":"alice","chat":"Main","Time":0,"time":0,${flags}},"type":"ChatJoinEvent"}`,
    );
    expect((await poll()).replace(time, '"$1ime":0')).toBe(
      '{"event":{"chat":"Main","user":"alice","time":0},"type":"SystemMessageChatJoinEvent"}',
    );
    const posted = await post('loggedonly/postMessage', cookie, {
      user: 'alice',
      text: 'hello',
      chat: 'Main',
    });
    expect(posted.text.replace(time, '"$1ime":0').replace(/"id":\d+/, '"id":0')).toBe(
      `{"user":"alice",${flags},"chat":"Main","id":0,"text":"hello","time":0}`,
    );
    expect(await poll()).toBe(`{"event":${posted.text},"type":"MessageEvent"}`);
    expect((await keepalive()).text).toBe('');
    expect(await poll()).toBe('');
    expect((await post('loggedonly/getLastMessages', cookie, { chat: 'Main' })).text).toBe(
      `[${posted.text}]`,
    );
    expect((await post('loggedonly/getUsers', cookie, { chat: 'Main' })).text).toBe(`[${user}]`);
    expect((await post('loggedonly/leaveChat', cookie, { chat: 'Main' })).text).toBe('');
    expect((await post('loggedonly/logout', cookie)).text).toBe('');
    expect((await keepalive()).text).toBe('{"error":"user not logged in"}');
  });

  describe('one account on two wires', () => {
    let bob: Person;
    let client: ChattyClient;
    let main: string;

    beforeAll(async () => {
      bob = await server.signUp('bob');
      client = new ChattyClient(root);
      expect((await client.post('authorize', { user: 'bob', password: bob.password })).status).toBe(200);
      await client.post('loggedonly/joinChat', { chat: 'Main' });
      const { body } = await bob.api('GET', '/groups?query=Main');
      main = body.items[0].id;
    });

    it('finds what it wrote here there, and the other way round', async () => {
      const { accessToken } = bob;
      const inbox = await personOf(server.url, { user: bob, accessToken }).join('inbox');
      await client.post('loggedonly/postMessage', { chat: 'Main', text: 'from chatty' });
      await inbox.next('message', ({ message }) => message.text === 'from chatty');
      const carol = await server.signUp('carol');
      await carol.api('PUT', `/conversations/${main}/members/me`);
      const path = `/conversations/${main}/messages`;
      const { body: sent } = await carol.api('POST', path, { text: 'from elsewhere' });
      expect(await client.nextOf('MessageEvent')).toMatchObject({ text: 'from chatty' });
      expect(await client.nextOf('MessageEvent')).toMatchObject({
        user: 'carol',
        text: 'from elsewhere',
        id: sent.id,
      });
      // Showing it is delivering it.
      await expect.poll(async () => (await bob.api('GET', '/unsent')).body.items).toEqual([]);
      await carol.api('PATCH', `${path}/${sent.seq}`, { text: 'edited' });
      const last = async () =>
        (await client.post('loggedonly/getLastMessages', { chat: 'Main' })).body.at(-1);
      expect(await last()).toMatchObject({ text: 'edited' });
      await carol.api('DELETE', `${path}/${sent.seq}`);
      expect(await last()).toMatchObject({ text: 'from chatty' });
      await carol.api('DELETE', `/conversations/${main}/members/${carol.id}`);
      await inbox.room.leave();
    });

    it('hears of whoever comes and goes by other wires, and of groups that are made there', async () => {
      await client.drain();
      const carol = await server.signUp('carol2');
      await carol.api('PUT', `/conversations/${main}/members/me`);
      await carol.api('DELETE', `/conversations/${main}/members/${carol.id}`);
      const group = { kind: 'group', name: 'hike', visibility: 'public' };
      const { body: hike } = await carol.api('POST', '/conversations', group);
      await carol.api('PATCH', `/conversations/${hike.id}`, { name: 'long hike' });
      await carol.api('PATCH', `/conversations/${hike.id}`, { visibility: 'private' });
      expect(await client.drain()).toEqual([
        ...[
          'ChatJoinEvent',
          'SystemMessageChatJoinEvent',
          'ChatLeaveEvent',
          'SystemMessageChatLeaveEvent',
        ].map((type) => `${type} carol2 Main`),
        ...['ChatCreatedEvent hike', 'ChatRemovedEvent hike', 'ChatCreatedEvent long hike'],
        'ChatRemovedEvent long hike',
      ]);
    });

    it('hears once of whoever deletes their account, by the name that they had', async () => {
      const [carol, dave] = [await server.signUp('carol3'), await server.signUp('dave3')];
      const davesClient = new ChattyClient(root);
      await davesClient.post('authorize', { user: 'dave3', password: dave.password });
      await davesClient.post('loggedonly/joinChat', { chat: 'Main' });
      await carol.api('PUT', `/conversations/${main}/members/me`);
      await client.drain();
      const left = (name: string) =>
        ['ChatLeaveEvent', 'SystemMessageChatLeaveEvent'].map((type) => `${type} ${name} Main`);
      for (const [person, told] of [
        [carol, left('carol3')],
        [dave, ['LogoutEvent dave3', ...left('dave3')]],
      ] as const) {
        expect((await person.api('DELETE', '/me', { password: person.password })).status).toBe(204);
        const heard: string[] = [];
        while (heard.length < told.length) heard.push(inShort(await client.next()));
        expect(heard).toEqual(told);
      }
      expect(await client.drain()).toEqual([]);
      expect((await client.post('loggedonly/getUsers', { chat: 'Main' })).body).toHaveLength(1);
    });

    it('is logged out here when its session is ended there, and everybody hears of it', async () => {
      const other = await new ChattyClient(root).guest('watcher');
      await other.drain();
      const { body } = await bob.api('GET', '/sessions');
      const session = body.items.find(({ device }: { device: string }) => device === 'chatty');
      expect((await bob.api('DELETE', `/sessions/${session.id}`)).status).toBe(204);
      expect((await client.poll()).status).toBe(401);
      expect(await other.nextOf('LogoutEvent')).toMatchObject({ user: 'bob' });
      const { body: left } = await bob.api('GET', '/conversations');
      expect(left.items).toEqual([]);
    });
  });
});
