import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Person, personOf } from '../../support/cast.ts';
import { guard } from '../../support/second-factor.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { type Client, client, listOf, login, PASSWORD } from './support.ts';

/** The machine that runs the tests may be busy with others. */
const PATIENCE = { timeout: 20_000 };

let server: TestServer;
let at: string;

beforeAll(async () => {
  server = await startTestServer({ config: { dialectPorts: { 'chat-project': 0 } } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

it('lets a client live as its description has it, at the root of a port of its own', async () => {
  const root = server.ownUrl('chat-project');
  const call = async (method: string, path: string, token?: string, body?: unknown): Promise<any> => {
    const response = await fetch(root + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const person = (name: string) => ({
    username: `${name}${process.pid}`,
    password: 'secure_password123',
    email: 'same@example.org',
  });
  const [john, jane] = [person('john_doe'), person('jane.doe@example.org')];

  const signup = await call('POST', '/api/users/signup/', undefined, { ...john, first_name: 'John' });
  expect(signup.status).toBe(201);
  // The address is not unique here.
  expect((await call('POST', '/api/users/signup/', undefined, jane)).status).toBe(201);
  const { access, refresh } = (await call('POST', '/api/users/login/', undefined, john)).body;
  const { access: hers, refresh: herRefresh } = (await call('POST', '/api/users/login/', undefined, jane))
    .body;
  expect((await call('GET', '/api/users/profile/', access)).body).toMatchObject({ first_name: 'John' });

  const found = await call(
    'GET',
    `/api/users/?username=${encodeURIComponent(jane.username)}&page_size=20`,
    access,
  );
  expect(found.body).toMatchObject({ count: 1, results: [{ username: jane.username }] });
  const asked = await call('POST', '/api/users/friendship/', access, {
    to_user: found.body.results[0].id,
    status: 'pending',
  });
  const channel = asked.body.id;
  const [incoming] = (await call('GET', '/api/users/friendship/', hers)).body;
  expect(incoming).toMatchObject({ id: channel, status_from_user: 'pending', status_to_user: 'pending' });
  for (const token of [hers, access])
    await call('PATCH', '/api/users/friendship/', token, { friendship_id: channel, status: 'accepted' });

  const socket = new WebSocket(`${root.replace('http', 'ws')}/ws/messages/`, {
    headers: { Authorization: `Bearer ${access}`, refresh },
  });
  const frames: any[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  const echo = () => frames.find((frame) => frame.payload !== undefined)?.message;
  socket.send(
    JSON.stringify({
      type: 'friendship',
      channel,
      payload: 'Hello, how are you?',
      media: [{ 'photo.txt': Buffer.from('a file').toString('base64') }],
    }),
  );
  await expect.poll(echo, PATIENCE).toMatchObject({ message: { friendship: channel, media: [{}] } });
  const path = `/api/messages/status/friendship/${channel}/messages/?after=true&start_date=2024-12-20`;
  const page = (await call('GET', path, hers)).body;
  expect(page).toMatchObject({ count: 1, results: [{ is_received: true, is_seen: false }] });
  const [{ message }] = page.results;
  expect(await (await fetch(root + message.media[0].file)).text()).toBe('a file');
  await expect.poll(() => frames.some((frame) => frame.event === 'received'), PATIENCE).toBe(true);

  const theirs = new WebSocket(`${root.replace('http', 'ws')}/ws/messages/`, {
    headers: { Authorization: `Bearer ${hers}`, refresh: herRefresh },
  });
  await new Promise((resolve) => theirs.once('open', resolve));
  theirs.send(JSON.stringify({ type: 'friendship_notification_seen', channel, message: message.id }));
  await expect
    .poll(() => frames.find((frame) => frame.event === 'seen')?.message.is_seen, PATIENCE)
    .toBe(true);
  theirs.close();

  const renewed = await call('POST', '/api/users/refresh-token/', access, { refresh });
  expect(renewed.status).toBe(200);
  const out = await call('POST', '/api/users/logout/', renewed.body.access, { refresh });
  expect(out.body).toEqual({ message: 'Successfully logged out' });
  expect(await closed).toBe(4001);
  expect((await call('POST', '/api/users/refresh-token/', undefined, { refresh })).status).toBe(401);
});

describe('one account in two worlds', () => {
  let native: Person;
  let old: Client;
  let bob: Person;

  beforeAll(async () => {
    old = await client(at, 'alice');
    const { body } = await server.api('POST', '/sessions', { username: old.username, password: PASSWORD });
    native = personOf(server.url, body);
    const guest = await server.api('POST', '/accounts/guest', { displayName: 'bob' });
    bob = personOf(server.url, guest.body);
  });

  it('writes, reads and befriends in one, and sees it in the other', async () => {
    const [inbox, bobs, socket] = [await native.join('inbox'), await bob.join('inbox'), await old.socket()];
    const asked = await bob.api('POST', '/friendships', { userId: old.id });
    const { friendship } = await socket.find((frame) => frame.friendship?.id === asked.body.id);
    expect(friendship).toMatchObject({ from_user: { id: bob.id }, status_to_user: 'pending' });
    const channel = friendship.id;
    await old.ask('PATCH', '/api/users/friendship/', { friendship_id: channel, status: 'accepted' });
    const accepted = (payload: any) => payload.friendship.status === 'accepted';
    await Promise.all([bobs.next('friendship', accepted), inbox.next('friendship', accepted)]);

    socket.send({ type: 'friendship', channel, payload: 'from the old one' });
    const heard = await bobs.next('message', ({ message }) => message.text === 'from the old one');
    const { conversationId } = heard;
    await inbox.next('message', ({ message }) => message.text === 'from the old one');
    await bobs.request('send', { conversationId, text: 'from the new one' });
    const frame = await socket.find(({ payload }) => payload === 'from the new one');
    expect(frame).toMatchObject({ channel, message: { message: { sender: bob.id, receiver: old.id } } });
    await bobs.next('mark', ({ marks }) =>
      marks.some((mark: any) => mark.userId === old.id && mark.deliveredSeq === 2),
    );

    await bobs.request('read', { conversationId, seq: 1 });
    const seen = await socket.find((each) => each.event === 'seen');
    expect(seen.message).toMatchObject({ is_seen: true, message: { content: 'from the old one' } });
    socket.send({ type: 'friendship_notification_seen', channel, message: frame.message.message.id });
    await bobs.next('mark', ({ marks }) =>
      marks.some((mark: any) => mark.userId === old.id && mark.readSeq === 2),
    );

    await bobs.request('edit', { conversationId, seq: 2, text: 'edited' });
    await bobs.request('send', { conversationId, text: 'taken back' });
    await bobs.request('delete', { conversationId, seq: 3 });
    expect(listOf(await old.ask('GET', `/api/messages/status/${channel}/`))).toEqual([
      'from the old one',
      'edited',
    ]);
    await bob.api('DELETE', `/friendships/${channel}`);
    await socket.find((each) => each.friendship?.status_from_user === 'rejected');
    await bobs.request('send', { conversationId, text: 'after the end' });
    await old.ask('PATCH', '/api/users/friendship/', { friendship_id: channel, status: 'accepted' });
    await bob.api('POST', '/friendships', { userId: old.id });
    await bobs.request('send', { conversationId, text: 'a new beginning' });
    await socket.find(({ payload }) => payload === 'a new beginning');
    expect(socket.json.some(({ payload }) => payload === 'after the end')).toBe(false);
    expect(listOf(await old.ask('GET', `/api/messages/status/${channel}/`))).toContain('after the end');
    await Promise.all([inbox.room.leave(), bobs.room.leave(), socket.close()]);
  });

  it('has a channel with whoever writes without being a friend, and one friendship out of it', async () => {
    const { body } = await server.api('POST', '/accounts/guest', { displayName: 'carol' });
    const carol = personOf(server.url, body);
    const [inbox, socket] = [await carol.join('inbox'), await old.socket()];
    const dialog = (await carol.api('POST', '/conversations', { kind: 'dialog', userId: old.id })).body;
    await inbox.request('send', { conversationId: dialog.id, text: 'you do not know me' });
    const { channel } = await socket.find(({ payload }) => payload === 'you do not know me');
    const listed = async () =>
      (await old.ask('GET', '/api/users/friendship/')).body.find((each: any) => each.id === channel);
    expect(await listed()).toMatchObject({ status_from_user: 'pending', status_to_user: 'pending' });
    expect((await old.ask('GET', '/api/users/friendship/')).body).toHaveLength(2);
    socket.send({ type: 'friendship', channel, payload: 'who are you?' });
    await inbox.next('message', ({ message }) => message.text === 'who are you?');
    const chosen = await old.ask('PATCH', '/api/users/friendship/', {
      friendship_id: channel,
      status: 'accepted',
    });
    expect(chosen).toMatchObject({ status: 200, body: { id: channel, from_user: { id: old.id } } });
    expect((await carol.api('GET', '/friendships?state=incoming')).body.items).toMatchObject([
      { id: channel },
    ]);
    expect((await old.ask('GET', '/api/users/friendship/')).body).toHaveLength(2);
    expect(
      await old.ask('PATCH', '/api/users/friendship/', {
        friendship_id: randomUUID(),
        status: 'accepted',
      }),
    ).toMatchObject({ status: 404 });
    await Promise.all([inbox.room.leave(), socket.close()]);
  });

  it('is refused here once it has a second factor', async () => {
    const frank = await server.signUp('frank');
    expect(await login(at, frank.username, frank.password)).toMatchObject({ id: frank.id });
    await guard(frank);
    await expect(login(at, frank.username, frank.password)).rejects.toThrow(
      /could not log in: 401 {"error":/,
    );
  });

  it('is gone everywhere at once', async () => {
    const erin = await client(at, 'erin');
    const socket = await erin.socket();
    const { body } = await server.api('POST', '/sessions', { username: erin.username, password: PASSWORD });
    const nativeErin = personOf(server.url, body);
    await nativeErin.api('DELETE', '/me', { password: PASSWORD });
    expect(await socket.closed).toMatchObject({ code: 4001 });
    await expect(login(at, erin.username)).rejects.toThrow('401 {"error":"Invalid Credentials"}');
    expect(await erin.ask('GET', '/api/users/profile/')).toMatchObject({ status: 401 });
  });
});
