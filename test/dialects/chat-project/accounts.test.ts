import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRing } from '../../../src/chat/key-ring.ts';
import { Jwts } from '../../../src/http/dialects/chat-project/jwt.ts';
import { loadSecret } from '../../../src/secret.ts';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type Client, claimsOf, client, clientOf, login, PASSWORD } from './support.ts';

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

describe('a request that needs an account', () => {
  let alice: Client;
  beforeAll(async () => {
    alice = await client(at, 'alice');
  });

  it('is told apart: without a token, with half a header, with one that is not good', async () => {
    const without = await ask('GET', `${at}/api/users/profile/`);
    expect([without.status, without.body]).toEqual([
      401,
      { detail: 'Authentication credentials were not provided.' },
    ]);
    expect(without.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    const half = await ask('GET', `${at}/api/users/profile/`, { headers: { Authorization: 'Bearer' } });
    expect(half.body).toMatchObject({ code: 'bad_authorization_header' });
    for (const token of ['garbage', alice.refresh, `${alice.access}x`, forged(alice)]) {
      const reply = await ask('GET', `${at}/api/users/profile/`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      expect([reply.status, reply.body]).toEqual([401, NOT_GOOD]);
    }
    expect(await alice.ask('GET', '/api/users/profile/')).toMatchObject({ status: 200 });
  });

  it('is told which methods there are, and that there is nothing', async () => {
    const reply = await alice.ask('DELETE', '/api/users/profile/');
    expect([reply.status, reply.body]).toEqual([405, { detail: 'Method "DELETE" not allowed.' }]);
    expect(await alice.ask('GET', '/api/users/nothing/')).toMatchObject({ status: 404 });
  });
});

/** Right in everything but who has signed it. */
function forged({ access }: Client): string {
  const body = access.split('.').slice(0, 2).join('.');
  return `${body}.${createHmac('sha256', 'secret').update(body).digest('base64url')}`;
}

/** As one of ours is after its twelve hours. */
async function expiredAccess({ id }: Client): Promise<string> {
  const keys = new KeyRing(await loadSecret(undefined, server.dataDir));
  return new Jwts(keys).make('access', id, new Date(Date.now() - 1_000));
}

describe('refreshing', () => {
  it('answers a new access token, whatever the old one is, unless it was never ours', async () => {
    const bob = await client(at, 'bob');
    const ways: Record<string, string>[] = [
      {},
      { Authorization: `Bearer ${bob.access}` },
      { Authorization: `Bearer ${await expiredAccess(bob)}` },
      { Authorization: 'Basic Og==' },
    ];
    for (const headers of ways) {
      const reply = await post('/api/users/refresh-token/', { refresh: bob.refresh }, headers);
      expect([reply.status, reply.body]).toEqual([200, { access: JWT }]);
      const again = clientOf(at, bob.username, { access: reply.body.access, refresh: bob.refresh });
      expect(await again.ask('GET', '/api/users/profile/')).toMatchObject({ body: { id: bob.id } });
    }
    const garbage = await post(
      '/api/users/refresh-token/',
      { refresh: bob.refresh },
      { Authorization: 'Bearer garbage' },
    );
    expect([garbage.status, garbage.body]).toEqual([401, NOT_GOOD]);
  });

  it('wants a refresh token that is good', async () => {
    const bob = await client(at, 'bob');
    expect(await post('/api/users/refresh-token/', {})).toMatchObject({
      status: 400,
      body: { error: 'Refresh token is required' },
    });
    for (const refresh of ['garbage', bob.access, 'a\0b']) {
      const reply = await post('/api/users/refresh-token/', { refresh });
      expect([reply.status, reply.body]).toEqual([401, { error: 'Invalid or expired refresh token' }]);
    }
  });
});

describe('logging out', () => {
  it('ends the session of the refresh token, and closes its sockets and no others', async () => {
    const carol = await client(at, 'carol');
    const phone = await login(at, carol.username);
    const [gone, stays] = [await carol.socket(), await phone.socket()];
    const reply = await phone.ask('POST', '/api/users/logout/', { refresh: carol.refresh });
    expect([reply.status, reply.body]).toEqual([200, { message: 'Successfully logged out' }]);
    expect(await gone.closed).toMatchObject({ code: 4001 });
    await stays.roundTrip();
    expect(stays.isOpen).toBe(true);
    expect(await post('/api/users/refresh-token/', { refresh: carol.refresh })).toMatchObject({
      status: 401,
      body: { error: 'Invalid or expired refresh token' },
    });
    const again = await phone.ask('POST', '/api/users/logout/', { refresh: carol.refresh });
    expect([again.status, again.body]).toEqual([401, { error: 'Invalid or expired refresh token' }]);
    await stays.close();
  });

  it('wants an account, a refresh token, and one’s own', async () => {
    const [carol, dave] = [await client(at, 'carol'), await client(at, 'dave')];
    const out = (json: object) => carol.ask('POST', '/api/users/logout/', json);
    expect(await post('/api/users/logout/', { refresh: carol.refresh })).toMatchObject({
      status: 401,
      body: { detail: 'Authentication credentials were not provided.' },
    });
    expect(await out({})).toMatchObject({ status: 400, body: { error: 'Refresh token is required' } });
    const notGood = { status: 401, body: { error: 'Invalid or expired refresh token' } };
    expect(await out({ refresh: 'garbage' })).toMatchObject(notGood);
    expect(await out({ refresh: dave.refresh })).toMatchObject(notGood);
    expect(await dave.ask('GET', '/api/users/profile/')).toMatchObject({ status: 200 });
    expect(await out({ refresh: carol.access })).toMatchObject({
      status: 401,
      body: { error: 'Invalid token' },
    });
    expect(await out({ refresh: carol.refresh })).toMatchObject({ status: 200 });
  });
});

describe('a socket', () => {
  it('needs both tokens, of the same person, in headers or in the query', async () => {
    const [alice, bob] = [await client(at, 'alice'), await client(at, 'bob')];
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
    const url = `${at}/ws/messages/`;
    const ways: Record<string, string>[] = [
      {},
      bearer(alice.access),
      { refresh: alice.refresh },
      { ...bearer(alice.access), refresh: bob.refresh },
      { ...bearer(alice.refresh), refresh: alice.refresh },
      { ...bearer(alice.access), refresh: alice.access },
      { ...bearer(forged(alice)), refresh: alice.refresh },
      { ...bearer(await expiredAccess(bob)), refresh: alice.refresh },
    ];
    for (const headers of ways)
      expect(await RawSocket.refused(url, { headers })).toMatchObject({ status: 403 });
    const query = `access=${alice.access}&refresh=${alice.refresh}`;
    for (const path of [`${url}?${query}`, `${server.ownUrl('chat-project')}/ws/messages?${query}`])
      await (await RawSocket.open(path)).close();
    await (await alice.socket()).close();
    expect(await RawSocket.refused(`${at}/ws/other/?${query}`)).toMatchObject({ status: 404 });
  });

  it('replaces an access token that has expired, as that is what the other one is for', async () => {
    const alice = await client(at, 'alice');
    const late = clientOf(at, alice.username, { ...alice, access: await expiredAccess(alice) });
    expect(await late.ask('GET', '/api/users/profile/')).toMatchObject({ status: 401 });
    const socket = await late.socket();
    const frame = await socket.next();
    expect(frame).toEqual({ type: 'token', access: JWT });
    const renewed = clientOf(at, alice.username, { ...alice, access: frame.access });
    expect(await renewed.ask('GET', '/api/users/profile/')).toMatchObject({ body: { id: alice.id } });
    await socket.close();
  });
});
