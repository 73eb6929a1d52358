import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRing } from '../../../src/chat/key-ring.ts';
import { Jwts } from '../../../src/http/dialects/chat-project/jwt.ts';
import { loadSecret } from '../../../src/secret.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type Client, client, clientOf, login } from './support.ts';

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
