import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { onError } from '../../src/http/errors.ts';
import { Origins, refuseOtherSites } from '../../src/http/origins.ts';
import { silentLogs } from '../support/core.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

const FRIEND = 'https://friend.example';
const EVIL = 'https://evil.example';
const PUBLIC = 'https://chat.example.org';

let server: TestServer;
let alice: Person;
let host: string;
beforeAll(async () => {
  server = await startTestServer({ config: { allowedOrigins: [FRIEND], publicUrl: PUBLIC } });
  alice = await server.signUp('alice');
  host = new URL(server.url).host;
});
afterAll(() => server.stop());

async function seat(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/matchmake/joinOrCreate/inbox`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${alice.accessToken}`, 'Content-Type': 'application/json', ...headers },
    body: '{}',
  });
}

/** What the upgrade is answered with, for a seat that is good. */
async function upgrade(headers: Record<string, string>): Promise<number> {
  const { processId, roomId, sessionId } = (await (await seat()).json()) as Record<string, string>;
  const url = `${server.url.replace('http', 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`;
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(101);
      socket.close();
    });
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode!));
    socket.once('error', reject);
  });
}

describe('a page', () => {
  it.each([
    ['a client that is no browser', undefined, true],
    ['our own page', 'own', true],
    ['our own page, as people know us', PUBLIC, true],
    ['a page that is named', FRIEND, true],
    ['a foreign page', EVIL, false],
    ['a sandboxed page', 'null', false],
    ['a neighbour', 'https://other.friend.example', false],
    ['what only looks alike', `${FRIEND}.evil.example`, false],
    ['our own name without https', 'http://chat.example.org', false],
    ['nonsense', 'nonsense', false],
  ])('may open sockets and take seats: %s', async (_who, given, allowed) => {
    const origin = given === 'own' ? `http://${host}` : given;
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    expect(await upgrade(headers)).toBe(allowed ? 101 : 403);
    const answer = await seat(headers);
    expect(answer.status).toBe(allowed ? 200 : 403);
    if (!allowed) expect(await answer.json()).toMatchObject({ code: 'forbidden' });
  });

  it('of a named origin may read answers, refusals too, and no other may', async () => {
    const ask = (origin: string, token?: string) =>
      fetch(`${server.url}/api/v1/me`, {
        headers: { Origin: origin, ...(token && { Authorization: `Bearer ${token}` }) },
      });
    for (const [answer, status] of [
      [await ask(FRIEND, alice.accessToken), 200],
      [await ask(FRIEND), 401],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After');
    }
    const foreign = await ask(EVIL, alice.accessToken);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    // What is kept for one page must not be shown to another.
    for (const answer of [await ask(FRIEND), foreign]) expect(answer.headers.get('vary')).toMatch(/Origin/i);
  });

  it('of a named origin may ask beforehand, and no other is answered', async () => {
    const preflight = (path: string, origin: string) =>
      fetch(server.url + path, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });
    for (const path of ['/api/v1/me', '/matchmake/joinOrCreate/inbox']) {
      const allowed = await preflight(path, FRIEND);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(allowed.headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(allowed.headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
      expect((await preflight(path, EVIL)).headers.get('access-control-allow-origin')).toBeNull();
    }
    for (const path of ['/', '/monitor', '/health', '/docs']) {
      expect((await preflight(path, FRIEND)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('a route where a cookie says who one is', () => {
  const origins = new Origins({ allowed: [FRIEND], publicUrl: undefined });
  const app = new Hono();
  app.onError(onError(silentLogs));
  app.use('/cookie', refuseOtherSites(origins));
  app.use('/own', refuseOtherSites(origins, { ownPagesOnly: true }));
  app.all('/:route', (c) => c.text('done'));
  const ask = async (method: string, path: string, headers: Record<string, string>) =>
    (await app.request(path, { method, headers: { Host: 'us.example', ...headers } })).status;

  it.each([
    ['our own page', { 'Sec-Fetch-Site': 'same-origin' }, 200, 200],
    ['our own page in an old browser', { Origin: 'https://us.example' }, 200, 200],
    ['a client that is no browser', {}, 200, 200],
    ['a named page', { 'Sec-Fetch-Site': 'cross-site', Origin: FRIEND }, 200, 403],
    ['a foreign page', { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL }, 403, 403],
    ['a foreign page that hides its name', { 'Sec-Fetch-Site': 'cross-site' }, 403, 403],
    ['a neighbour', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://x.us.example' }, 403, 403],
    ['a foreign page in an old browser', { Origin: EVIL }, 403, 403],
    ['a sandboxed page', { Origin: 'null' }, 403, 403],
  ])('is used by %s', async (_who, headers: Record<string, string>, unsafe, own) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await ask(method, '/cookie', headers)).toBe(unsafe);
      expect(await ask(method, '/own', headers)).toBe(own);
    }
    expect(await ask('GET', '/cookie', headers)).toBe(200);
    expect(await ask('GET', '/own', headers)).toBe(own);
  });
});
