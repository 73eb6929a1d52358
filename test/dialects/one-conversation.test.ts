import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person as Native, personOf } from '../support/cast.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';
import { type Client as ChatProjectClient, listOf, login } from './chat-project/support.ts';
import { signedIn as chatableClient } from './chatable/client.ts';
import { ChattyClient } from './chatty/client.ts';
import { signIn as gmessengerClient, type Visitor } from './gmessenger/people.ts';
import { poster, tokenIn } from './gnw/people.ts';
import { ask } from './support/raw-fetch.ts';
import { RawSocket } from './support/raw-socket.ts';

describe('one conversation over all wires', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let bobHere: Native;
  let asGnw: (path: string, fields?: object) => Promise<{ status: number; body: any }>;
  let gnwToken: string;
  let chatProject: ChatProjectClient;
  let gmessenger: Visitor;

  beforeAll(async () => {
    server = await startTestServer({ config: { longPollMs: 300 } });
    [alice, bob] = [await server.signUp('alice'), await server.signUp('bob')];
    const { body } = await server.api('POST', '/sessions', { username: 'bob', password: PASSWORD });
    bobHere = personOf(server.url, body);
    chatProject = await login(`${server.url}/chat-project`, 'bob', PASSWORD);
    gmessenger = await gmessengerClient(`${server.url}/gmessenger`, 'bob', PASSWORD);
    const root = `${server.url}/gnw`;
    const { cookies } = await ask('POST', `${root}/login`, {
      json: { username: 'alice', password: PASSWORD },
    });
    gnwToken = tokenIn(cookies);
    asGnw = poster(root, gnwToken);
  });
  afterAll(() => server.stop());

  it('is a dialog for chatable, GNW, chat-project, gmessenger and the SDK', async () => {
    // Asked on one wire, answered on another.
    await asGnw('/addFriend', { friend_username: 'bob' });
    const [request] = (await chatProject.ask('GET', '/api/users/friendship/')).body;
    const answer = { friendship_id: request.id, status: 'accepted' };
    expect((await chatProject.ask('PATCH', '/api/users/friendship/', answer)).status).toBe(200);
    const [contact] = (await asGnw('/getContacts')).body;
    expect(contact.username).toBe('bob');

    const chatable = await chatableClient(`${server.url}/chatable`, 'alice', PASSWORD);
    const [keys, gnw, project, messenger, sdk] = await Promise.all([
      chatable.connect(),
      RawSocket.open(`${server.url}/gnw/ws?token=${gnwToken}`),
      chatProject.socket(),
      gmessenger.socket('/dialog/alice/ws'),
      bobHere.join('dialog', { username: 'alice' }),
    ]);

    // Told to those who have a word for it; the others go on.
    await gmessenger.post('/set_username', { username: 'Robert' });
    await sdk.next('user', ({ user }) => user.displayName === 'Robert');
    await chatProject.ask('PATCH', '/api/users/profile/', { username: 'robert' });
    await sdk.next('user', ({ user }) => user.username === 'robert');
    await chatProject.ask('PATCH', '/api/users/profile/', { username: 'bob' });
    await sdk.next('user', ({ user }) => user.username === 'bob' && user.displayName === 'Robert');

    // Each speaks once the one before it has been heard by everybody.
    const speakers: Record<string, (text: string) => unknown> = {
      chatable: (text) => keys.send({ author: 'alice', recipient: 'bob', message: text }),
      project: (text) => project.send({ type: 'friendship', channel: request.id, payload: text }),
      gnw: (text) =>
        gnw.send({ event: 'chatMessage', data: { cId: 'bob', message: { type: 'text', payload: text } } }),
      messenger: (text) => messenger.send({ type: 'send_message', payload: { text } }),
      sdk: (text) => sdk.request('send', { text }),
    };
    const texts: string[] = [];
    for (const [name, speak] of Object.entries(speakers)) {
      const text = `hello from ${name}`;
      texts.push(text);
      await speak(text);
      const isAlices = name === 'chatable' || name === 'gnw';
      await Promise.all([
        // That server never told people what they had said themselves.
        isAlices || keys.find((frame) => frame.message === text && frame.author === 'bob'),
        gnw.find(({ event, data }) => event === 'chatMessage' && data.payload === text),
        project.find((frame) => frame.payload === text),
        messenger.find(({ type, payload }) => type === 'new_message' && payload.text === text),
        sdk.next('message', ({ message }) => message.text === text),
      ]);
    }

    // All have the same, in the same order.
    const thread = (await chatable.get('/api/thread/bob')).body.data;
    expect(thread.map(({ message }: { message: string }) => message).reverse()).toEqual(texts);
    const path = `/api/messages/status/friendship/${request.id}/messages/`;
    expect(listOf(await chatProject.ask('GET', path))).toEqual(texts);
    const dialog = (await gmessenger.get('/dialog/alice')).body;
    expect(dialog.map(({ text }: { text: string }) => text)).toEqual(texts);
    gnw.send({ event: 'fetchChat', data: { cIds: ['bob'], timestamps: [0] } });
    const fetched = await gnw.find(({ event }) => event === 'fetchChat');
    expect(fetched.data.bob.map(({ payload }: { payload: string }) => payload)).toEqual(texts);
    const { items } = await sdk.request('history');
    expect(items.map(({ text }: { text: string }) => text)).toEqual(texts);
    // What one of bob's clients has shown is read in all of them.
    const chats = (await gmessenger.get('/chats')).body;
    expect(chats.find(({ id }: { id: string }) => id === 'alice')).toMatchObject({ unread: 0 });
    await Promise.all([keys, gnw, project, messenger].map((socket) => socket.close()));
    await sdk.room.leave();
  });

  it('is a public group for chatty, and a group for all who know groups', async () => {
    const carol = await new ChattyClient(`${server.url}/chatty`).guest('carol');
    expect((await carol.post('loggedonly/joinChat', { chat: 'Main' })).body.joined).toBe(true);
    const [main] = (await bob.api('GET', '/groups?query=Main')).body.items;
    const sdk = await bobHere.join('group', { id: main.id });
    await alice.api('PUT', `/conversations/${main.id}/members/me`);
    const gnw = await RawSocket.open(`${server.url}/gnw/ws?token=${gnwToken}`);
    const messenger = await gmessenger.socket(`/group/${main.number}/ws`);
    const project = await chatProject.socket();

    const speakers: Record<string, (text: string) => unknown> = {
      chatty: (text) => carol.post('loggedonly/postMessage', { chat: 'Main', text }),
      gnw: (text) =>
        gnw.send({ event: 'chatMessage', data: { cId: main.id, message: { type: 'text', payload: text } } }),
      messenger: (text) => messenger.send({ type: 'send_message', payload: { text } }),
      project: (text) => project.send({ type: 'group_message', channel: main.id, content: text }),
      sdk: (text) => sdk.request('send', { text }),
    };
    const texts: string[] = [];
    for (const [name, speak] of Object.entries(speakers)) {
      const text = `hello all from ${name}`;
      texts.push(text);
      await speak(text);
      await Promise.all([
        gnw.find(({ event, data }) => event === 'chatMessage' && data.payload === text),
        messenger.find(({ type, payload }) => type === 'new_message' && payload.text === text),
        project.find(({ type, message }) => type === 'group_message' && message.content === text),
        sdk.next('message', ({ message }) => message.text === text),
        heard(carol, text),
      ]);
    }
    const last = (await carol.post('loggedonly/getLastMessages', { chat: 'Main' })).body;
    expect(last.map(({ text }: { text: string }) => text)).toEqual(texts);
    expect(last.map(({ user }: { user: string }) => user)).toEqual(['carol', 'alice', 'bob', 'bob', 'bob']);
    const history = (await gmessenger.get(`/group/${main.number}`)).body;
    expect(history.map(({ text }: { text: string }) => text)).toEqual(texts);
    await Promise.all([gnw, project, messenger].map((socket) => socket.close()));
    await sdk.room.leave();
  });
});

async function heard(client: ChattyClient, text: string): Promise<void> {
  while ((await client.nextOf('MessageEvent')).text !== text);
}
