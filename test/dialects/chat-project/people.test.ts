import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture } from '../../support/pictures.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { type Client, client, clientOf, login, PASSWORD } from './support.ts';

let server: TestServer;
let at: string;

beforeAll(async () => {
  server = await startTestServer();
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
