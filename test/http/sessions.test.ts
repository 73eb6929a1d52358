import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';
import { type Api, apiOf, PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let clock: MovableClock;
beforeAll(async () => {
  clock = await createMovableClock();
  server = await startTestServer({ databaseUrl: clock.databaseUrl });
}, 60_000);
afterAll(() => server.stop());

const signIn = (username: string, password = PASSWORD, device = '') =>
  server.api('POST', '/sessions', { username, password, device });
const refresh = (refreshToken: string) => server.api('POST', '/sessions/refresh', { refreshToken });

describe('signing in', () => {
  it('works with the username or the email, in any case', async () => {
    await server.signUp('alice', { email: 'alice@example.org' });
    for (const name of ['alice', 'ALICE', 'Alice@Example.org']) {
      const { status, body } = await signIn(name);
      expect([status, body.user?.username]).toEqual([201, 'alice']);
    }
  });

  it('answers unknown and wrong alike', async () => {
    await server.signUp('bob');
    const wrong = await signIn('bob', 'wrong horse battery');
    const unknown = await signIn('nobody', 'wrong horse battery');
    const impossible = await signIn('no\0body', 'x');
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.code).toBe('wrong_credentials');
    expect(unknown).toMatchObject({ status: 401, body: wrong.body });
    expect(impossible).toMatchObject({ status: 401, body: wrong.body });
  });
});

describe('the sessions of a person', () => {
  it('are listed newest first, page by page, with the one that asks marked', async () => {
    const frank = await server.signUp('frank', { device: 'desk' });
    await signIn('frank', PASSWORD, 'phone');
    const first = await frank.api('GET', '/sessions?limit=1');
    const second = await frank.api('GET', `/sessions?limit=1&cursor=${first.body.next}`);
    expect(first.body.items).toMatchObject([{ device: 'phone', current: false }]);
    expect(second.body).toMatchObject({ items: [{ device: 'desk', current: true }], next: null });
    expect(JSON.stringify(first.body)).not.toMatch(/hash/i);
  });

  it('end one by one, and only by their owner', async () => {
    const grace = await server.signUp('grace');
    const heidi = await server.signUp('heidi');
    const phone = apiOf(server.url, (await signIn('grace', PASSWORD, 'phone')).body.accessToken);
    const { items } = (await grace.api('GET', '/sessions')).body;
    const { id } = items.find((session: { device: string }) => session.device === 'phone');
    expect((await heidi.api('DELETE', `/sessions/${id}`)).status).toBe(404);
    expect((await phone('GET', '/me')).status).toBe(200);
    expect((await grace.api('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect((await phone('GET', '/me')).status).toBe(401);
    expect((await grace.api('DELETE', `/sessions/${id}`)).status).toBe(404);
    expect((await grace.api('GET', '/me')).status).toBe(200);
  });

  it('say what network they are used from, and roughly when', async () => {
    const frank = await server.signUp('frank-at-home');
    const lastUse = async () => (await frank.api('GET', '/sessions')).body.items[0];
    const first = await lastUse();
    expect(first.place).toBe('127.0.0.0/24');
    expect((await lastUse()).lastUsedAt).toBe(first.lastUsedAt);
    // Whoever looks back from here sees a use of more than a minute ago.
    await clock.write(`update session set last_used_at = now() - interval '90 s', place = null
      where user_id = '${frank.id}'`);
    const second = await lastUse();
    expect(second.place).toBe('127.0.0.0/24');
    expect(Date.parse(second.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(first.lastUsedAt));
  });

  it('are used by joining a room, too', async () => {
    const frank = await server.signUp('frank-in-a-room');
    await clock.write(`update session set last_used_at = now() - interval '90 s', place = null
      where user_id = '${frank.id}'`);
    const inbox = await personOf(server.url, { user: frank, accessToken: frank.accessToken }).join('inbox');
    const { rows } = await clock.write(`select place, last_used_at > now() - interval '60 s' as used
      from session where user_id = '${frank.id}'`);
    expect(rows).toEqual([{ place: '127.0.0.0/24', used: true }]);
    await inbox.room.leave();
  });

  it('end all at once but for the one that asks, with their sockets, and nobody else is touched', async () => {
    const [grace, heidi] = [await server.signUp('grace-everywhere'), await server.signUp('heidi-here')];
    const devices = await Promise.all(
      ['phone', 'desk'].map((each) => signIn(grace.username, PASSWORD, each)),
    );
    const apis: Api[] = devices.map(({ body }) => apiOf(server.url, body.accessToken));
    const inbox = await personOf(server.url, devices[0]!.body).join('inbox');
    expect((await server.api('DELETE', '/sessions')).status).toBe(401);
    for (const api of apis) expect((await api('GET', '/me')).status).toBe(200);
    expect((await grace.api('DELETE', '/sessions')).status).toBe(204);
    expect(await inbox.left).toBe(4001);
    for (const api of apis) expect((await api('GET', '/me')).status).toBe(401);
    for (const { body } of devices) expect((await refresh(body.refreshToken)).status).toBe(401);
    expect((await grace.api('GET', '/sessions')).body.items).toMatchObject([{ current: true }]);
    expect((await heidi.api('GET', '/me')).status).toBe(200);
  });

  it('end by signing out, with their refresh token', async () => {
    const ivan = await server.signUp('ivan');
    expect((await ivan.api('DELETE', '/sessions/current')).status).toBe(204);
    expect((await ivan.api('GET', '/me')).status).toBe(401);
    expect((await refresh(ivan.refreshToken)).status).toBe(401);
  });
});

describe('an access token', () => {
  it('is refused when a letter of it was changed', async () => {
    const judy = await server.signUp('judy');
    const [header, payload, signature = ''] = judy.accessToken.split('.');
    const changed = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    expect((await apiOf(server.url, `${header}.${payload}.${signature}`)('GET', '/me')).status).toBe(200);
    expect((await apiOf(server.url, `${header}.${payload}.${changed}`)('GET', '/me')).status).toBe(401);
  });

  it('is refused unsigned', async () => {
    const kim = await server.signUp('kim');
    const [, payload] = kim.accessToken.split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await apiOf(server.url, `${header}.${payload}.`)('GET', '/me')).status).toBe(401);
  });
});
