import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { type Client, claimsOf, client, login, PASSWORD } from './support.ts';

const JWT = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const NOT_GOOD = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' }],
};

let server: TestServer;
let at: string;
const post = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  ask('POST', at + path, { json, headers });

beforeAll(async () => {
  server = await startTestServer({ config: { dialectPorts: { 'chat-project': 0 } } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

let names = 0;
const fresh = () => {
  names += 1;
  return { username: `dora-${names}`, email: `dora-${names}@example.org`, password: PASSWORD };
};

describe('signing up', () => {
  it('answers the pair under both of its names', async () => {
    const { status, body } = await post('/api/users/signup/', fresh());
    expect(status).toBe(201);
    expect(body).toEqual({
      access: JWT,
      refresh: JWT,
      access_token: body.access,
      refresh_token: body.refresh,
    });
    expect(JSON.parse(Buffer.from(body.access.split('.')[0], 'base64url').toString())).toEqual({
      alg: 'HS256',
      typ: 'JWT',
    });
    const access = claimsOf(body.access);
    const id = access.user_id;
    expect(access).toEqual({
      token_type: 'access',
      exp: access.iat + 12 * 60 * 60,
      iat: expect.any(Number),
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      user_id: id,
    });
    const refresh = claimsOf(body.refresh);
    expect(refresh).toMatchObject({ token_type: 'refresh', exp: refresh.iat + 100 * 86_400, user_id: id });
  });

  it('says what is wrong in one sentence', async () => {
    const taken = fresh();
    await post('/api/users/signup/', taken);
    const cases: [object, string][] = [
      [{ username: undefined }, 'Username, email, and password are required.'],
      [{ email: '' }, 'Username, email, and password are required.'],
      [{ password: undefined }, 'Username, email, and password are required.'],
      [{ password: 'Short1!' }, 'This password is too short. It must contain at least 8 characters.'],
      [{ password: '7301948265' }, 'This password is entirely numeric.'],
      [{ password: 'password123' }, 'This password is too common.'],
      [{ password2: 'something else' }, "Password fields didn't match."],
      [{ username: taken.username.toUpperCase() }, 'A user with that username already exists.'],
      [{ email: 'nowhere' }, 'Enter a valid email address.'],
      [
        { username: 'white space' },
        'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
      ],
      [{ username: 'x'.repeat(151) }, 'Ensure this field has no more than 150 characters.'],
      [{ first_name: 'a\0b' }, 'Null characters are not allowed.'],
    ];
    for (const [change, error] of cases) {
      const reply = await post('/api/users/signup/', { ...fresh(), ...change });
      expect([reply.status, reply.body]).toEqual([400, { error }]);
    }
  });

  it('takes names that look like addresses, as long as its own may be, and lets them in everywhere', async () => {
    for (const username of ['a.b+c-d_e@example.org', '@'.padEnd(150, 'x'), 'Ærlig_@+.-', '王小明']) {
      const reply = await post('/api/users/signup/', { ...fresh(), username });
      expect(reply.status).toBe(201);
      const entered = await login(at, username);
      expect(entered.id).toBe(claimsOf(reply.body.access).user_id);
      const native = await server.api('POST', '/sessions', { username, password: PASSWORD });
      expect(native).toMatchObject({ status: 201, body: { user: { id: entered.id, username } } });
    }
  });

  it('prefers whoever is called so to whoever is reached there', async () => {
    const email = 'both@example.org';
    const owner = await server.signUp('both-owner', { email });
    const named = await client(at, '', { username: email });
    expect((await login(at, email)).id).toBe(named.id);
    expect((await login(at, 'both-owner', owner.password)).id).toBe(owner.id);
  });

  it('reads forms of both kinds', async () => {
    const form = fresh();
    expect(await ask('POST', `${at}/api/users/signup/`, { form })).toMatchObject({ status: 201 });
    const parts = new FormData();
    for (const [name, value] of Object.entries(fresh())) parts.set(name, value);
    expect(await ask('POST', `${at}/api/users/signup/`, { body: parts })).toMatchObject({ status: 201 });
    const broken = await ask('POST', `${at}/api/users/signup/`, {
      body: '{"username":',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(broken).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^JSON parse error - /) },
    });
  });
});

describe('logging in', () => {
  let alice: Client;
  beforeAll(async () => {
    alice = await client(at, 'alice');
  });

  it('is found with and without the slash, at the root of its own port, and where Postman asks', async () => {
    const json = { username: alice.username, password: PASSWORD };
    const own = server.ownUrl('chat-project');
    for (const url of [
      `${at}/api/users/login/`,
      `${at}/api/users/login`,
      `${own}/api/users/login/`,
      `${at}/api/login/`,
    ])
      expect(await ask('POST', url, { json })).toMatchObject({ status: 200, body: { access: JWT } });
    const profile = await ask('GET', `${own}/api/users/profile`, {
      headers: { Authorization: `Bearer ${alice.access}` },
    });
    expect(profile.body).toMatchObject({ id: alice.id });
  });

  it('wants a name and a password, and the right ones', async () => {
    const missing = { status: 400, body: { error: 'Username and password are required' } };
    expect(await post('/api/users/login/', { username: alice.username })).toMatchObject(missing);
    expect(await post('/api/users/login/', { password: PASSWORD, username: '' })).toMatchObject(missing);
    for (const json of [
      { username: alice.username, password: 'wrong_password' },
      { username: 'nobody', password: PASSWORD },
      { username: 'no\0body', password: PASSWORD },
    ]) {
      const reply = await post('/api/users/login/', json);
      expect([reply.status, reply.body]).toEqual([401, { error: 'Invalid Credentials' }]);
    }
  });

  it('is one session of ours, listed and ended like all others', async () => {
    const { body } = await server.api('POST', '/sessions', {
      username: alice.username,
      password: PASSWORD,
    });
    const api = apiOf(server.url, body.accessToken);
    const sessions = async () => (await api('GET', '/sessions')).body.items;
    const before = (await sessions()).map(({ id }: { id: string }) => id);
    const phone = await login(at, alice.username);
    const added = (await sessions()).find(({ id }: { id: string }) => !before.includes(id));
    expect(added).toMatchObject({ device: 'chat-project', current: false });
    expect(Date.parse(added.expiresAt) - Date.parse(added.createdAt)).toBe(100 * 86_400_000);
    expect(await api('DELETE', `/sessions/${added.id}`)).toMatchObject({ status: 204 });
    const reply = await phone.ask('GET', '/api/users/profile/');
    expect([reply.status, reply.body]).toEqual([401, NOT_GOOD]);
    expect(await post('/api/users/refresh-token/', { refresh: phone.refresh })).toMatchObject({
      status: 401,
    });
  });
});
