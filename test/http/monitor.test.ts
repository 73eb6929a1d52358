import { Client } from '@colyseus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedFor, giveFirstFactor, guard } from '../support/second-factor.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let root: Person;
let alice: Person;
beforeAll(async () => {
  server = await startTestServer({ config: { admins: ['root', 'careful'] } });
  root = await server.signUp('root');
  alice = await server.signUp('alice');
});
afterAll(() => server.stop());

const monitor = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${server.url}/monitor${path}`, { method, headers, redirect: 'manual' });

const signIn = (username: string, password = PASSWORD, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/monitor/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
    headers,
    redirect: 'manual',
  });

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

describe('the monitor', () => {
  it('asks a stranger to sign in, on a page that runs no script', async () => {
    const page = await monitor('');
    expect(page.status).toBe(401);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const html = await page.text();
    expect(html).toContain('action="/monitor/sign-in"');
    expect(html).not.toContain('<script');
    expect((await monitor('/api')).status).toBe(401);
  });

  it('lets an admin in by a cookie that scripts cannot read and other paths do not get', async () => {
    const answer = await signIn('root');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/monitor/']);
    expect(answer.headers.getSetCookie()[0]).toMatch(/Path=\/monitor; HttpOnly; SameSite=Strict/);
    const cookie = cookieOf(answer);
    expect(await (await monitor('/', { cookie })).text()).toContain('<div id="app">');
    const [, script = ''] =
      /src="\.(\/assets\/[^"]+)"/.exec(await (await monitor('/', { cookie })).text()) ?? [];
    expect((await monitor(script, { cookie })).status).toBe(200);
    expect((await monitor(script)).status).toBe(401);
  });

  it('turns away who is not an admin, and who has the password wrong', async () => {
    expect((await signIn('root')).status).toBe(303);
    const notAdmin = await signIn('alice');
    expect([notAdmin.status, cookieOf(notAdmin)]).toEqual([403, '']);
    const wrong = await signIn('root', 'wrong horse battery');
    expect([wrong.status, cookieOf(wrong)]).toEqual([401, '']);
  });

  it('asks an admin who has a second factor for a code before it lets them in', async () => {
    const admin = await server.signUp('careful');
    const { app, recoveryCodes } = await guard(admin);
    const answer = (challenge: string, code: string) =>
      fetch(`${server.url}/monitor/second-factor`, {
        method: 'POST',
        body: new URLSearchParams({ challenge, code }),
        redirect: 'manual',
      });
    for (const code of [await app.fresh(), recoveryCodes[0]!]) {
      const page = await signIn('careful');
      expect([page.status, cookieOf(page)]).toEqual([401, '']);
      const [, challenge = ''] = /name="challenge" value="([\w-]+)"/.exec(await page.text()) ?? [];
      const wrong = await answer(challenge, 'abcd-efgh');
      expect([wrong.status, cookieOf(wrong)]).toEqual([401, '']);
      expect(await wrong.text()).toContain(challenge);
      const right = await answer(challenge, code);
      expect(right.status).toBe(303);
      expect((await monitor('/api', { cookie: cookieOf(right) })).status).toBe(200);
      const late = await answer(challenge, code);
      expect([late.status, await late.text()]).toEqual([401, expect.stringContaining('type="password"')]);
    }
    const notAdmin = await server.signUp('plain');
    const guarded = await guard(notAdmin);
    const { challenge } = askedFor(await giveFirstFactor(server, notAdmin));
    const turnedAway = await answer(challenge, await guarded.app.fresh());
    expect([turnedAway.status, cookieOf(turnedAway)]).toEqual([403, '']);
  });

  it('takes the access token of an admin and of nobody else', async () => {
    const bearer = (person: Person) => ({ Authorization: `Bearer ${person.accessToken}` });
    const answer = await monitor('/api', bearer(root));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveProperty('rooms');
    expect((await monitor('/api', bearer(alice))).status).toBe(403);
  });

  it('does not let its cookie pass for an access token', async () => {
    const [, token] = cookieOf(await signIn('root')).split('=');
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${server.url}/api/v1/me`, { headers })).status).toBe(401);
    expect((await monitor('/api', headers)).status).toBe(401);
  });

  it('is a session like any other: listed, and over when it is ended', async () => {
    const cookie = cookieOf(await signIn('root'));
    expect((await monitor('/api', { cookie })).status).toBe(200);
    const { items } = (await root.api('GET', '/sessions')).body;
    expect(items[0]).toMatchObject({ device: 'monitor', current: false });
    await root.api('DELETE', `/sessions/${items[0].id}`);
    expect((await monitor('/api', { cookie })).status).toBe(401);
  });

  it('can be left', async () => {
    const cookie = cookieOf(await signIn('root'));
    const answer = await monitor('/sign-out', { cookie }, 'POST');
    expect(answer.headers.getSetCookie()[0]).toMatch(/^parlour_monitor=;/);
    expect((await monitor('/api', { cookie })).status).toBe(401);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }],
    ['another origin, in an old browser', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
  ])('refuses what comes from %s', async (_, headers) => {
    const cookie = cookieOf(await signIn('root'));
    expect((await monitor('/api', { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await monitor('/api', { cookie, ...headers })).status).toBe(403);
    expect((await monitor('/', { cookie, ...headers })).status).toBe(403);
    expect((await signIn('root', PASSWORD, headers)).status).toBe(403);
  });

  it('refuses a call that was typed or pasted into the address bar, but shows its pages', async () => {
    const headers = { cookie: cookieOf(await signIn('root')), 'sec-fetch-site': 'none' };
    expect((await monitor('/', headers)).status).toBe(200);
    expect((await monitor('/api', headers)).status).toBe(403);
  });

  it('shows rooms and closes them, but calls nothing else in them', async () => {
    const client = new Client(server.url);
    client.auth.token = alice.accessToken;
    const room = await client.joinOrCreate('inbox');
    room.onMessage('*', () => {});
    room.reconnection.enabled = false;
    const left = new Promise((resolve) => {
      room.onLeave(resolve);
    });
    const cookie = cookieOf(await signIn('root'));
    const call = (method: string) =>
      monitor(`/api/room/call?roomId=${room.roomId}&method=${method}&args=[]`, { cookie });
    const shown = await (await monitor(`/api/room?roomId=${room.roomId}`, { cookie })).json();
    expect(shown).toMatchObject({ roomId: room.roomId, clients: [{}] });
    expect((await call('_editStateProperty')).status).toBe(403);
    expect((await call('onCreate')).status).toBe(403);
    expect((await call('disconnect')).status).toBe(200);
    await left;
  });
});
