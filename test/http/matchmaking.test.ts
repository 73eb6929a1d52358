import { Client } from '@colyseus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

const OURS = 'https://chat.example.org';

let server: TestServer;
let alice: Person;
beforeAll(async () => {
  server = await startTestServer({ config: { allowedOrigins: [OURS] } });
  alice = await server.signUp('alice');
});
afterAll(() => server.stop());

function ask(path: string, options: string, headers: Record<string, string> = {}) {
  const bearer = { Authorization: `Bearer ${alice.accessToken}`, 'Content-Type': 'application/json' };
  return fetch(`${server.url}/matchmake${path}`, {
    method: 'POST',
    body: options,
    headers: { ...bearer, ...headers },
  });
}

describe('matchmaking', () => {
  it('gives a seat in the form that the SDK expects', async () => {
    const answer = await ask('/joinOrCreate/inbox', '{}');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      name: 'inbox',
      sessionId: expect.any(String),
      roomId: expect.any(String),
      processId: expect.any(String),
    });
  });

  it.each([
    ['without a token', '/joinOrCreate/inbox', '{}', { Authorization: '' }, 401, 'unauthenticated'],
    ['to a room type that is not there', '/joinOrCreate/attic', '{}', {}, 404, 'not_found'],
    ['to a room that is not there', '/joinById/nowhere', '{}', {}, 404, 'not_found'],
    ['by a method that is not there', '/createRoom/inbox', '{}', {}, 404, 'not_found'],
    ['by an inherited name', '/joinOrCreate/constructor', '{}', {}, 404, 'not_found'],
    ['with half a JSON', '/joinOrCreate/inbox', '{"a":', {}, 400, 'bad_request'],
    ['with a list for options', '/joinOrCreate/inbox', '[]', {}, 400, 'bad_request'],
    ['with more than 64 KiB', '/joinOrCreate/inbox', `{"a":"${'x'.repeat(65_536)}"}`, {}, 413, undefined],
  ])('refuses a seat %s', async (_, path, options, headers, status, code) => {
    const answer = await ask(path, options, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(await answer.json()).toEqual({ code, error: expect.any(String) });
  });

  it('tells the SDK why, by status and text', async () => {
    const client = new Client(server.url);
    await expect(client.joinOrCreate('inbox')).rejects.toMatchObject({ code: 401, message: 'sign in first' });
  });

  it('is open to pages of the named origins and to no others', async () => {
    const allowed = await ask('/joinOrCreate/inbox', '{}', { Origin: OURS });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(OURS);
    const foreign = await ask('/joinOrCreate/inbox', '{}', { Origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await fetch(`${server.url}/matchmake/joinOrCreate/inbox`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a WebSocket', () => {
  const outcome = (path: string, frame?: Buffer) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(server.url.replace('http', 'ws') + path);
      socket.on('open', () => frame && socket.send(frame));
      socket.on('unexpected-response', (_, response) => resolve(`HTTP ${response.statusCode}`));
      socket.on('close', (code) => resolve(`closed ${code}`));
      socket.on('error', () => {});
    });

  it.each(['/', '/api/v1/me', '/a/b', '/a/b/c?sessionId=x', '//?sessionId=x'])(
    'is refused at %s, which is no room',
    async (path) => {
      expect(await outcome(path)).toBe('HTTP 404');
    },
  );

  it('without a seat is let go of', async () => {
    expect(await outcome('/process/room?sessionId=nobody')).toBe('closed 4002');
  });

  it('may send 64 KiB in a frame and not more', async () => {
    const seat = (await (await ask('/joinOrCreate/inbox', '{}')).json()) as Record<string, string>;
    const room = `/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}&_authToken=${alice.accessToken}`;
    expect(await outcome(room, Buffer.alloc(65_537))).toBe('closed 1009');
  });
});
