import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRates } from '../../../src/chat/rates.ts';
import { picture } from '../../support/pictures.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { type Client, client, clientOf, login, PASSWORD, TIME, UUID } from './support.ts';

const FRIENDSHIP = '/api/users/friendship/';

let server: TestServer;
let at: string;

beforeAll(async () => {
  const rates = parseRates('friend-request.account=7/h');
  server = await startTestServer({ config: { rates } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

function formOf(fields: Record<string, string | Uint8Array>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, new Blob([value as Uint8Array<ArrayBuffer>]), 'me.png');
  return form;
}

describe('a profile', () => {
  let image: Uint8Array;
  beforeAll(async () => {
    image = await picture().png().toBuffer();
  });

  it('is what one signed up with, picture included', async () => {
    const username = `erin-${process.pid}`;
    const fields = {
      username,
      password: PASSWORD,
      email: 'erin@example.org',
      first_name: 'Erin',
      last_name: 'Doe',
    };
    const body = formOf({ ...fields, personal_image: image });
    const reply = await ask('POST', `${at}/api/users/signup/`, { body });
    const erin = clientOf(at, username, reply.body);
    const profile = await erin.ask('GET', '/api/users/profile/');
    expect([profile.status, profile.body]).toEqual([
      200,
      {
        id: erin.id,
        username,
        email: 'erin@example.org',
        first_name: 'Erin',
        last_name: 'Doe',
        personal_image: expect.stringMatching(
          `^/chat-project/media/user_images/User_${erin.id}\\.webp\\?key=[\\w-]+$`,
        ),
      },
    ]);
    const shown = await fetch(server.url + profile.body.personal_image);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
    const bare = profile.body.personal_image.replace(/\?.*/, '');
    expect((await fetch(server.url + bare)).status).toBe(404);
    expect((await fetch(`${server.url}${bare}?key=guess`)).status).toBe(404);
  });

  it('is not begun with a picture that is none', async () => {
    const username = `frank-${process.pid}`;
    const fields = { username, password: PASSWORD, email: 'frank@example.org' };
    const body = formOf({ ...fields, personal_image: new TextEncoder().encode('not a picture') });
    const reply = await ask('POST', `${at}/api/users/signup/`, { body });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatch(/^Upload a valid image\./);
    expect(await ask('POST', `${at}/api/users/signup/`, { json: fields })).toMatchObject({ status: 201 });
  });

  it('changes in what was sent, by JSON and by a form, and in nothing else', async () => {
    const alice = await client(at, 'alice', { first_name: 'Alice' });
    const patch = (json: object) => alice.ask('PATCH', '/api/users/profile/', json);
    const before = (await alice.ask('GET', '/api/users/profile/')).body;
    const changed = await patch({ last_name: 'Liddell', is_staff: true, id: 'another' });
    expect([changed.status, changed.body]).toEqual([200, { ...before, last_name: 'Liddell' }]);
    const pictured = await alice.ask('PATCH', '/api/users/profile', undefined, {
      body: formOf({ first_name: 'Al', personal_image: image }),
    });
    expect(pictured.body).toMatchObject({ first_name: 'Al', last_name: 'Liddell' });
    expect((await fetch(server.url + pictured.body.personal_image)).status).toBe(200);
    expect((await patch({ personal_image: null })).body.personal_image).toBeNull();
    expect((await fetch(server.url + pictured.body.personal_image)).status).toBe(404);
    const renamed = await patch({ username: `${alice.username}.b@c` });
    expect(renamed.body.username).toBe(`${alice.username}.b@c`);
  });

  it('says which field cannot be so, and keeps nothing of what came with it', async () => {
    const [alice, bob] = [await client(at, 'alice'), await client(at, 'bob')];
    const cases: [object, string, string][] = [
      [{ username: bob.username }, 'username', 'A user with that username already exists.'],
      [{ username: 'no way' }, 'username', 'Enter a valid username.'],
      [{ password: 'short' }, 'password', 'This password is too short.'],
      [{ first_name: ['a'] }, 'first_name', 'Not a valid string.'],
      [{ last_name: 'a\0' }, 'last_name', 'Null characters are not allowed.'],
      [{ email: 'elsewhere@example.org' }, 'email', 'The address cannot be changed here.'],
      [{ personal_image: 'a text' }, 'personal_image', 'The submitted data was not a file.'],
    ];
    for (const [change, field, message] of cases) {
      const reply = await alice.ask('PATCH', '/api/users/profile/', { first_name: 'Changed', ...change });
      expect(reply.status).toBe(400);
      expect(reply.body).toEqual({
        error: 'Invalid data provided.',
        [field]: [expect.stringContaining(message)],
      });
    }
    const bad = formOf({ first_name: 'Changed', personal_image: new Uint8Array([1, 2, 3]) });
    expect(await alice.ask('PATCH', '/api/users/profile/', undefined, { body: bad })).toMatchObject({
      status: 400,
    });
    expect((await alice.ask('GET', '/api/users/profile/')).body.first_name).toBe('');
  });

  it('takes a new password in a session that has just begun, and ends the others', async () => {
    const alice = await client(at, 'alice');
    const phone = await login(at, alice.username);
    const changed = await phone.ask('PATCH', '/api/users/profile/', { password: 'another good one 77' });
    expect(changed.status).toBe(200);
    expect(await alice.ask('GET', '/api/users/profile/')).toMatchObject({ status: 401 });
    expect(await phone.ask('GET', '/api/users/profile/')).toMatchObject({ status: 200 });
    await login(at, alice.username, 'another good one 77');
    await expect(login(at, alice.username)).rejects.toThrow('Invalid Credentials');
  });
});

describe('the list of people', () => {
  let alice: Client;
  const users = (query: string) => alice.ask('GET', `/api/users/?${query}`);

  beforeAll(async () => {
    alice = await client(at, 'zz-100_Alice');
    for (const name of ['zz-bob', 'zz-carol', 'zz-dave', 'zz-erin']) await client(at, name);
  });

  it('finds what is anywhere in a name, the caller included, and shows three things of each', async () => {
    const { status, body } = await users('username=100_aLICE');
    expect([status, body]).toEqual([
      200,
      {
        count: 1,
        next: null,
        previous: null,
        results: [{ id: alice.id, username: alice.username, personal_image: null }],
      },
    ]);
    for (const wildcard of ['%25', 'z_-']) expect((await users(`username=${wildcard}`)).body.count).toBe(0);
    expect((await users('')).body.count).toBeGreaterThan(5);
    expect((await users('')).body.results.length).toBeLessThanOrEqual(10);
    const other = await alice.ask('GET', '/api/users/users?username=zz-&page_size=500');
    expect(other.body).toMatchObject({ count: 5, next: null });
  });

  it('leads from page to page by whole addresses that keep the rest', async () => {
    const names: string[] = [];
    let url: string | null = `${at}/api/users/?username=zz-&page_size=2`;
    const previous: (string | null)[] = [];
    while (url !== null) {
      const { body }: { body: any } = await ask('GET', url, {
        headers: { Authorization: `Bearer ${alice.access}` },
      });
      names.push(...body.results.map((each: { username: string }) => each.username));
      previous.push(body.previous);
      expect(body.count).toBe(5);
      url = body.next;
    }
    expect(names).toHaveLength(5);
    expect(names).toEqual(
      [...names].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)),
    );
    expect(previous).toEqual([
      null,
      `${at}/api/users/?username=zz-&page_size=2`,
      `${at}/api/users/?username=zz-&page_size=2&page=2`,
    ]);
  });

  it('refuses what is no page, and does not have one after the last', async () => {
    for (const query of [
      'page_size=0',
      'page_size=-1',
      'page_size=ten',
      'page=0',
      'page=x',
      'page=1.5',
      'username=%00',
    ]) {
      const reply = await users(query);
      expect([reply.status, reply.body]).toEqual([400, { error: 'Invalid query parameters.' }]);
    }
    const after = await users('username=zz-&page=2');
    expect([after.status, after.body]).toEqual([404, { detail: 'Invalid page.' }]);
    expect((await users('username=nobody-is-called-so')).body).toMatchObject({ count: 0, results: [] });
  });
});

describe('a friendship', () => {
  let alice: Client;
  let bob: Client;
  let carol: Client;
  beforeAll(async () => {
    alice = await client(at, 'alice', { first_name: 'Alice', last_name: 'L' });
    bob = await client(at, 'bob');
    carol = await client(at, 'carol');
  });

  const person = (one: Client, email = '') => ({
    id: one.id,
    personal_image: null,
    username: one.username,
    first_name: one === alice ? 'Alice' : '',
    last_name: one === alice ? 'L' : '',
    email,
  });

  it('begins with one side’s word, goes back and forth, and is shown to both', async () => {
    const asked = await alice.ask('POST', FRIENDSHIP, { to_user: bob.id, status: 'pending' });
    expect(asked.status).toBe(201);
    const { id } = asked.body;
    expect(asked.body).toEqual({
      id: UUID,
      from_user: person(alice, `${alice.username}@example.org`),
      to_user: person(bob),
      date_created: TIME,
      status_from_user: 'pending',
      status_to_user: 'pending',
    });
    const choose = (one: Client, status: string) =>
      one.ask('PATCH', FRIENDSHIP, { friendship_id: id, status });
    const steps: [Client, string, string, string][] = [
      [bob, 'accepted', 'pending', 'accepted'],
      [alice, 'accepted', 'accepted', 'accepted'],
      [alice, 'rejected', 'rejected', 'accepted'],
      [bob, 'pending', 'rejected', 'pending'],
      [alice, 'accepted', 'accepted', 'pending'],
      [bob, 'accepted', 'accepted', 'accepted'],
    ];
    for (const [one, status, status_from_user, status_to_user] of steps) {
      const reply = await choose(one, status);
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ id, status_from_user, status_to_user });
    }
    const [listed] = (await bob.ask('GET', FRIENDSHIP)).body;
    expect(listed).toEqual({
      id,
      from_user: alice.id,
      to_user: bob.id,
      date_created: asked.body.date_created,
      status_from_user: 'accepted',
      status_to_user: 'accepted',
      from_user_data: person(alice, `${alice.username}@example.org`),
      to_user_data: person(bob, `${bob.username}@example.org`),
    });
    expect((await carol.ask('GET', FRIENDSHIP)).body).toEqual([]);
  });

  it('is refused in the words of its description', async () => {
    const dave = await client(at, 'dave');
    const { body } = await carol.ask('POST', FRIENDSHIP, { to_user: dave.id, status: 'accepted' });
    const nobody = '00000000-0000-4000-8000-000000000000';
    const posts: [Client, object, number, string][] = [
      [carol, { to_user: dave.id, status: 'accepted' }, 400, 'Friendship already exists.'],
      [dave, { to_user: carol.id, status: 'accepted' }, 400, 'Friendship already exists.'],
      [carol, { to_user: nobody, status: 'pending' }, 404, 'User not found.'],
      [carol, { to_user: 'dave', status: 'pending' }, 404, 'User not found.'],
      [carol, { to_user: dave.id }, 400, 'Invalid status.'],
      [carol, { status: 'pending' }, 400, 'Invalid status.'],
      [carol, { to_user: dave.id, status: 'adored' }, 404, 'status not found.'],
      [
        carol,
        { to_user: carol.id, status: 'pending' },
        400,
        'You cannot send a friendship request to yourself.',
      ],
    ];
    for (const [one, json, status, detail] of posts) {
      const reply = await one.ask('POST', FRIENDSHIP, json);
      expect([reply.status, reply.body]).toEqual([status, { detail }]);
    }
    const patches: [Client, object, number, string][] = [
      [alice, { friendship_id: body.id, status: 'adored' }, 400, 'Invalid status.'],
      [alice, { friendship_id: nobody }, 400, 'Invalid status.'],
      [alice, { friendship_id: nobody, status: 'accepted' }, 404, 'Friendship not found.'],
      [alice, { friendship_id: 'none', status: 'accepted' }, 404, 'Friendship not found.'],
      [
        alice,
        { friendship_id: body.id, status: 'accepted' },
        403,
        'You are not authorized to update this friendship.',
      ],
    ];
    for (const [one, json, status, detail] of patches) {
      const reply = await one.ask('PATCH', FRIENDSHIP, json);
      expect([reply.status, reply.body]).toEqual([status, { detail }]);
    }
  });

  it('is the native one, whose sides and end show in both', async () => {
    const [one, other] = [await server.signUp('native-one'), await client(at, 'other')];
    const { body: asked } = await one.api('POST', '/friendships', { userId: other.id });
    const listed = async () => (await other.ask('GET', FRIENDSHIP)).body[0];
    expect(await listed()).toMatchObject({
      id: asked.id,
      status_from_user: 'accepted',
      status_to_user: 'pending',
    });
    const choose = (status: string) => other.ask('PATCH', FRIENDSHIP, { friendship_id: asked.id, status });
    await choose('accepted');
    const native = async (state: string) => (await one.api('GET', `/friendships?state=${state}`)).body.items;
    expect(await native('accepted')).toMatchObject([{ id: asked.id, ownStatus: 'accepted' }]);
    await choose('rejected');
    expect(await native('rejected')).toMatchObject([{ ownStatus: 'accepted', otherStatus: 'rejected' }]);
    await choose('accepted');
    await one.api('DELETE', `/friendships/${asked.id}`);
    expect(await listed()).toMatchObject({ status_from_user: 'rejected', status_to_user: 'pending' });
    await choose('accepted');
    expect((await one.api('GET', '/friendships')).body.items).toEqual([]);
    await one.api('POST', '/friendships', { userId: other.id });
    expect(await listed()).toMatchObject({ status_from_user: 'accepted', status_to_user: 'accepted' });
  });

  it('that was only asked for here is answered natively by either', async () => {
    const [one, other] = [await client(at, 'one'), await server.signUp('native-other')];
    await one.ask('POST', FRIENDSHIP, { to_user: other.id, status: 'pending' });
    const { body } = await server.api('POST', '/sessions', { username: one.username, password: PASSWORD });
    const api = (token: string) => (method: string, path: string, json?: unknown) =>
      ask(method, `${server.url}/api/v1${path}`, { json, headers: { Authorization: `Bearer ${token}` } });
    const [asNative, asOther] = [api(body.accessToken), api(other.accessToken)];
    const [incoming] = (await asOther('GET', '/friendships?state=incoming')).body.items;
    const accepted = { status: 'accepted' };
    expect((await asNative('GET', '/friendships?state=outgoing')).body.items).toHaveLength(1);
    expect((await asOther('PATCH', `/friendships/${incoming.id}`, accepted)).body).toMatchObject({
      status: 'pending',
      ownStatus: 'accepted',
      otherStatus: 'pending',
    });
    expect((await asNative('GET', '/friendships?state=incoming')).body.items).toHaveLength(1);
    expect((await asOther('GET', '/friendships?state=outgoing')).body.items).toHaveLength(1);
    expect((await asNative('PATCH', `/friendships/${incoming.id}`, accepted)).body.status).toBe('accepted');
  });

  it('cannot be had with whom one blocks, nor asked for without end', async () => {
    const [erin, frank] = [await client(at, 'erin'), await client(at, 'frank')];
    const { body } = await server.api('POST', '/sessions', { username: frank.username, password: PASSWORD });
    const headers = { Authorization: `Bearer ${body.accessToken}` };
    await ask('PUT', `${server.url}/api/v1/blocks/${erin.id}`, { headers });
    const reply = await erin.ask('POST', FRIENDSHIP, { to_user: frank.id, status: 'accepted' });
    expect([reply.status, reply.body]).toEqual([403, { detail: 'one of you blocks the other' }]);
    const replies = [];
    for (let n = 0; n < 8; n += 1)
      replies.push(await erin.ask('POST', FRIENDSHIP, { to_user: frank.id, status: 'accepted' }));
    const last = replies.at(-1)!;
    expect(last.status).toBe(429);
    expect(last.body.detail).toMatch(/^Request was throttled\. Expected available in \d+ seconds\.$/);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
