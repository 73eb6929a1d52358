import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesIn, upload } from '../../support/files.ts';
import { picture } from '../../support/pictures.ts';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { befriend, type Client, client, listOf, PASSWORD, TIME, UUID } from './support.ts';

let server: TestServer;
let at: string;
let alice: Client;
let bob: Client;
let carol: Client;
let channel: string;

beforeAll(async () => {
  server = await startTestServer({ config: { dialectPorts: { 'chat-project': 0 } } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

/** Signing up costs a core for a while, so the tests of one thing share their people. */
async function newPeople(): Promise<void> {
  [alice, bob, carol] = await Promise.all([client(at, 'alice'), client(at, 'bob'), client(at, 'carol')]);
  channel = await befriend(alice, bob);
}

const say = async (one: Client, content: string): Promise<any> =>
  (await one.ask('POST', '/api/messages/friendship/', { channel, content })).body.data;
const history = (one: Client, query = '') =>
  one.ask('GET', `/api/messages/status/friendship/${channel}/messages/?${query}`);
const isMessage = (text: string) => (frame: any) => frame.payload === text;

describe('the list of messages', () => {
  const texts = ['one', 'two', 'three', 'four', 'five'];
  const sent: any[] = [];
  beforeAll(async () => {
    await newPeople();
    for (const [index, text] of texts.entries()) sent.push(await say(index % 2 === 0 ? alice : bob, text));
  });

  it('is what was said, with what has become of it, at all of its addresses', async () => {
    const { status, body } = await history(alice);
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 5, next: null, previous: null });
    expect(body.results[0]).toEqual({ ...sent[0], is_received: false, is_seen: false });
    // Reading what was said to her is receiving it.
    expect(body.results[1]).toEqual({ ...sent[1], is_received: true, is_seen: false });
    expect((await history(bob)).body.results.map((each: any) => each.is_received)).toEqual(
      texts.map(() => true),
    );
    for (const path of [
      `/api/messages/friendship/${channel}/messages/`,
      `/api/messages/friendship/${channel}/messages`,
      `/api/messages/status/${channel}/`,
      `/api/messages/friendship/?channel=${channel}`,
    ])
      expect(listOf(await alice.ask('GET', path))).toEqual(texts);
  });

  it('begins where it is told to, in the direction it is told to, that place included', async () => {
    const [, , third] = sent;
    const ms = third.message.created_at.replace('000Z', 'Z');
    const reversed = [...texts].reverse();
    const cases: [string, string[]][] = [
      ['after=true', texts],
      ['after', texts],
      ['before=1', reversed],
      ['before=false', texts],
      ['before=no&after=off', texts],
      [`message_id=${third.message.id}`, texts.slice(2)],
      [`after=yes&start_message_id=${third.message.id}`, texts.slice(2)],
      [`before=on&message_id=${third.message.id}`, ['three', 'two', 'one']],
      [`after=true&start_date=${third.message.created_at}`, texts.slice(2)],
      [`start_date=${ms}`, texts.slice(2)],
      [`before=true&start_date=${third.message.created_at}`, ['three', 'two', 'one']],
      ['after=true&start_date=2024-12-20', texts],
      ['before=true&start_date=2024-12-20', []],
      ['start_date=2024-12-20T10:00:00%2B02:00', texts],
      ['start_date=2024-12-20+10:00:00', texts],
    ];
    for (const [query, expected] of cases)
      expect([query, listOf(await history(alice, query))]).toEqual([query, expected]);
  });

  it('is paged and counted', async () => {
    const { body } = await history(alice, 'before=true&page_size=2');
    expect(body.count).toBe(5);
    expect(body.next).toBe(
      `${at}/api/messages/status/friendship/${channel}/messages/?before=true&page_size=2&page=2`,
    );
    const second = await history(alice, 'before=true&page_size=2&page=2');
    expect(listOf(second)).toEqual(['three', 'two']);
    expect(second.body.previous).toBe(
      `${at}/api/messages/status/friendship/${channel}/messages/?before=true&page_size=2`,
    );
  });

  it('refuses what contradicts itself or means nothing', async () => {
    const other = await befriend(alice, carol);
    const elsewhere = await alice.ask('POST', '/api/messages/friendship/', { channel: other, content: 'x' });
    for (const query of [
      'after=true&before=true',
      'after=maybe',
      `start_date=2024-12-20&message_id=${sent[0].message.id}`,
      'start_date=yesterday',
      'start_date=2024-02-31',
      'start_date=',
      'message_id=1',
      `message_id=${channel}`,
      `message_id=${sent[0].id}`,
      `message_id=${elsewhere.body.data.message.id}`,
      'page=0',
      'page_size=x',
    ]) {
      const reply = await history(alice, query);
      expect([query, reply.status, reply.body]).toEqual([query, 400, { error: 'Invalid query parameters.' }]);
    }
    expect(await history(alice, 'page=2')).toMatchObject({ status: 404, body: { detail: 'Invalid page.' } });
  });

  it('is for the two of them', async () => {
    const reply = await history(carol);
    expect([reply.status, reply.body]).toEqual([404, { error: 'Friendship not found.' }]);
    for (const id of ['00000000-0000-4000-8000-000000000000', '1', sent[0].message.id])
      expect(await alice.ask('GET', `/api/messages/status/${id}/`)).toMatchObject({ status: 404 });
    expect(await carol.ask('GET', `/api/messages/friendship/?channel=${channel}`)).toMatchObject({
      status: 404,
      body: { error: 'Friendship not found or unauthorized' },
    });
    const seen = (one: Client, message_id: string) =>
      one.ask('POST', '/api/messages/friendship/notification/seen/', { message_id });
    const notFound = { status: 404, body: { error: 'Message not found' } };
    expect(await seen(carol, sent[0].message.id)).toMatchObject(notFound);
    expect(await seen(alice, sent[0].message.id)).toMatchObject(notFound);
    expect(await seen(bob, 'x')).toMatchObject(notFound);
    expect(await seen(bob, '')).toMatchObject({ status: 400 });
    expect(await seen(bob, sent[0].message.id)).toMatchObject({ status: 200 });
  });
});

describe('sending by HTTP', () => {
  beforeAll(newPeople);

  it('is what the socket does, files of a form included', async () => {
    const socket = await bob.socket();
    const form = new FormData();
    form.set('channel', channel);
    form.set('content', 'two files');
    for (const name of ['a.txt', 'b.txt']) form.append('media', new Blob([name]), name);
    const reply = await alice.ask('POST', '/api/messages/friendship/', undefined, { body: form });
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({ success: 'Message sent successfully', data: expect.any(Object) });
    const frame = await socket.find(isMessage('two files'));
    expect(frame.message).toEqual(reply.body.data);
    const files = await Promise.all(
      frame.media.map(async ({ file }: { file: string }) => (await fetch(server.url + file)).text()),
    );
    expect(files).toEqual(['a.txt', 'b.txt']);
    await socket.close();
  });

  it('is refused in its own words', async () => {
    const send = (one: Client, json: object) => one.ask('POST', '/api/messages/friendship/', json);
    expect(await send(alice, { channel: alice.id, content: 'x' })).toMatchObject({
      status: 404,
      body: { error: 'Friendship not found' },
    });
    expect(await send(carol, { channel, content: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'You are not authorized to send messages to this friendship' },
    });
    expect(await send(alice, { channel })).toMatchObject({ status: 400 });
    expect(await send(alice, { channel, content: 'x', media: 'y' })).toMatchObject({ status: 400 });
  });
});

describe('a group', () => {
  beforeAll(newPeople);

  it('is made, joined and spoken in by its members only', async () => {
    const groups = '/api/users/groups/';
    const made = await alice.ask('POST', groups, {
      name: 'Sunday hike',
      description: 'Up the hill',
      members: [bob.id],
    });
    expect(made.status).toBe(201);
    const member = (one: Client, role: string) => ({
      id: one.id,
      username: one.username,
      personal_image: null,
      role,
    });
    expect(made.body).toEqual({
      id: UUID,
      name: 'Sunday hike',
      description: 'Up the hill',
      created_at: TIME,
      updated_at: TIME,
      group_image: null,
      members: expect.arrayContaining([member(alice, 'admin'), member(bob, 'member')]),
    });
    const { id } = made.body;
    const [alices, bobs, carols] = await Promise.all([alice.socket(), bob.socket(), carol.socket()]);
    const stored = () => namesIn(join(server.dataDir, 'media'));
    const before = await stored();
    carols.send({ type: 'group_message', channel: id, content: 'let me in', media: [{ 'key.txt': 'YQ==' }] });
    await carols.find((frame) => frame.error === 'this channel does not exist, or is not yours');
    // What came with a message that was refused is taken away again.
    await expect.poll(stored, { timeout: 20_000 }).toEqual(before);
    expect(await bob.ask('POST', `${groups}${id}/members/`, { members: [carol.id] })).toMatchObject({
      status: 403,
    });
    const grown = await alice.ask('POST', `${groups}${id}/members/`, { members: [carol.id] });
    expect(grown.body.members).toHaveLength(3);
    expect((await carol.ask('GET', groups)).body).toMatchObject([{ id, name: 'Sunday hike' }]);
    bobs.send({ type: 'group_message', channel: id, content: 'when?', media: [{ 'map.txt': 'YQ==' }] });
    for (const socket of [alices, bobs, carols])
      expect(await socket.find((frame) => frame.type === 'group_message')).toEqual({
        type: 'group_message',
        message: {
          id: UUID,
          sender: bob.id,
          chatgroup: id,
          content: 'when?',
          created_at: TIME,
          media: [{ id: UUID, file: expect.stringContaining('/map_'), uploaded_at: TIME }],
        },
      });
    for (const json of [
      {},
      { name: '' },
      { name: 'x', members: ['bob'] },
      { name: 'x', description: 'x'.repeat(501) },
      { name: 'x', description: ['x'] },
    ])
      expect(await alice.ask('POST', groups, json)).toMatchObject({ status: 400 });
    await Promise.all([alices, bobs, carols].map((each) => each.close()));
  });

  it('is shown as other wires have changed it, with its picture for whoever was shown it', async () => {
    const groups = '/api/users/groups/';
    const { id, description } = (await alice.ask('POST', groups, { name: 'swim', members: [bob.id] })).body;
    expect(description).toBe('');
    const { username } = alice;
    const { accessToken } = (await server.api('POST', '/sessions', { username, password: PASSWORD })).body;
    const api = apiOf(server.url, accessToken);
    const path = `/conversations/${id}`;
    const options = { method: 'PUT', path: `${path}/avatar`, name: 'lake.png' };
    await upload(server, { accessToken }, await picture().png().toBuffer(), options);
    await api('PATCH', path, { description: 'in the lake' });
    const [group] = (await bob.ask('GET', groups)).body;
    const image = expect.stringMatching(/^\/chat-project\/media\/group_images\/[\w-]+\.webp\?key=[\w-]+$/);
    expect(group).toMatchObject({ id, description: 'in the lake', group_image: image });
    const shown = await fetch(server.url + group.group_image);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
    await shown.body?.cancel();
    expect((await fetch(server.url + group.group_image.replace(/\?.*/, ''))).status).toBe(404);
    await api('DELETE', `${path}/avatar`);
    expect((await bob.ask('GET', groups)).body[0]).toMatchObject({ id, group_image: null });
  });
});
