import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../support/cast.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { names, PASSWORD, register, signIn } from './people.ts';

describe('a client of gmessenger', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { gmessenger: 0 } } });
  });
  afterAll(() => server.stop());

  it.each(['its prefix', 'a port of its own'])('lives its life at %s', async (where) => {
    const root = where === 'its prefix' ? `${server.url}/gmessenger` : server.ownUrl('gmessenger');
    const [alice, bob] = names();
    await register(root, bob, 'Bob');
    const page = await ask('GET', `${root}/`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect((await ask('GET', `${root}/chats`)).status).toBe(401);

    const fields = { username: 'Alice', login: alice, password: PASSWORD };
    const registered = await ask('POST', `${root}/register`, { body: JSON.stringify(fields) });
    expect(registered.status).toBe(200);
    const later = JSON.stringify({ login: alice, password: PASSWORD });
    const login = await ask('POST', `${root}/login`, { body: later });
    const headers = { cookie: login.cookies[0]! };
    const { Value: token } = login.body;
    const chats = (await ask('GET', `${root}/chats`, { headers })).body;
    expect(chats.find(({ id }: { id: string }) => id === bob)).toMatchObject({
      name: 'Bob',
      last_message: '',
    });
    expect((await ask('GET', `${root}/dialog/${bob}`, { headers })).text).toBe('[]');

    const socket = await RawSocket.open(`${root}/dialog/${bob}/ws?token=${token}`);
    socket.send({ type: 'send_message', payload: JSON.stringify({ text: 'hello' }) });
    const { payload } = await socket.next();
    expect(JSON.parse(payload)).toMatchObject({ text: 'hello', sender: alice });

    const his = await signIn(root, bob);
    const [chat] = (await his.get('/chats')).body;
    expect(chat).toMatchObject({
      type: 'dialog',
      id: alice,
      name: 'Alice',
      last_message: 'hello',
      unread: 1,
    });
    const answering = await his.socket(`/dialog/${alice}/ws`);
    expect((await his.get(`/dialog/${alice}`)).body).toMatchObject([{ text: 'hello', status: 'read' }]);
    answering.send({ type: 'send_message', payload: { text: 'hi' } });
    await socket.find((frame) => frame.type === 'new_message' && JSON.parse(frame.payload).text === 'hi');
    await socket.close();
    await answering.close();

    const history = (await ask('GET', `${root}/dialog/${bob}`, { headers })).body;
    expect(history.map(({ sender, text }: { sender: string; text: string }) => [sender, text])).toEqual([
      [alice, 'hello'],
      [bob, 'hi'],
    ]);
    expect((await ask('POST', `${root}/logout`, { headers })).status).toBe(200);
    expect((await ask('GET', `${root}/chats`, { headers })).status).toBe(401);
  });

  it('and one of our own rooms are in the same conversation', async () => {
    const root = `${server.url}/gmessenger`;
    const [aliceName, bobName] = names();
    const alice = await server.signUp(aliceName);
    const native = personOf(server.url, { user: alice, accessToken: alice.accessToken });
    const bob = await register(root, bobName, 'Bob');
    const his = await bob.socket(`/dialog/${aliceName}/ws`);
    const room = await native.join('dialog', { username: bobName });
    expect(room.state.members.get(native.id).username).toBe(aliceName);

    await room.request('send', { text: 'from the room', clientId: 'a1' });
    const heard = await his.find(({ type }) => type === 'new_message');
    expect(heard.payload).toMatchObject({ text: 'from the room', sender: aliceName, status: 'read' });
    await room.next('mark', ({ marks }) => marks.some((mark: { readSeq: number }) => mark.readSeq === 1));

    his.send({ type: 'send_message', payload: { text: 'from the socket' } });
    const { message } = await room.next('message', (event) => event.message.text === 'from the socket');
    const echo = await his.find(({ payload }) => payload.text === 'from the socket');
    expect(echo.payload.id).toBe(message.id);
    await room.request('read', { seq: message.seq });
    await his.find(({ payload }) => payload.id === message.id && payload.status === 'read');
    expect((await bob.get(`/dialog/${aliceName}`)).body).toHaveLength(2);

    // Alice herself comes by this wire, too, and both of hers show the same.
    const hers = await signIn(root, aliceName, alice.password);
    const texts = (await hers.get(`/dialog/${bobName}`)).body.map(({ text }: { text: string }) => text);
    expect(texts).toEqual(room.texts);
    const { id } = (await hers.post('/group', { name: 'Hike', members: [bobName] })).body;
    const { items } = (await alice.api('GET', '/conversations')).body;
    const group = items.find(({ name }: { name: string }) => name === 'Hike');
    expect([group.number, group.role]).toEqual([id, 'owner']);
    await alice.api('POST', `/conversations/${group.id}/messages`, { text: 'who comes?' });
    expect((await bob.get(`/group/${id}`)).body).toMatchObject([{ sender: aliceName, text: 'who comes?' }]);
    await his.close();
    await room.room.leave();
  });

  it('is shown links to the files of a message', async () => {
    const root = `${server.url}/gmessenger`;
    const [aliceName, bobName] = names();
    const alice = await server.signUp(aliceName);
    const bob = await register(root, bobName);
    const form = new FormData();
    form.set('file', new File(['what it says'], 'note.txt', { type: 'text/plain' }));
    const upload = await fetch(`${server.url}/api/v1/media`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${alice.accessToken}` },
      body: form,
    });
    const { id } = (await upload.json()) as { id: string };
    const conversation = (await alice.api('POST', '/conversations', { kind: 'dialog', username: bobName }))
      .body;
    const sent = { text: 'see this', attachments: [id] };
    await alice.api('POST', `/conversations/${conversation.id}/messages`, sent);
    const [{ text }] = (await bob.get(`/dialog/${aliceName}`)).body;
    const [said, link] = text.split('\n');
    expect(said).toBe('see this');
    expect(await (await fetch(link)).text()).toBe('what it says');
  });
});
