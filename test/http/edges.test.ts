import { once } from 'node:events';
import type { Server } from 'node:http';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/http/app.ts';
import { onError } from '../../src/http/errors.ts';
import { limitBody } from '../../src/http/limit-body.ts';
import { createHttpServer, listen, MAX_HEADER_BYTES } from '../../src/http/server.ts';
import { silentLog, silentLogs } from '../support/core.ts';
import { everything, openRaw, parseAnswer, sayRaw } from '../support/raw-http.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('what a client gets wrong', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const JSON_POST = 'Host: x\r\nConnection: close\r\nContent-Type: application/json';
  const LONG = 'x'.repeat(MAX_HEADER_BYTES);

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400, 'bad_request'],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'bad_request'],
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      'a length and chunks, as smugglers do',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'bad_request',
    ],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${LONG}\r\n\r\n`, 431, 'too_large'],
    ['an address that is too long', `GET /${LONG} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'too_large'],
    ['a strange expectation', `GET / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\n\r\n`, 417, 'bad_request'],
    [
      'a path that is not there',
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      404,
      'not_found',
    ],
    ['another method', 'PUT /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405, 'bad_request'],
    [
      'another type',
      'POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}',
      415,
      'bad_request',
    ],
    [
      'half a JSON',
      `POST /api/v1/sessions HTTP/1.1\r\n${JSON_POST}\r\nContent-Length: 2\r\n\r\n{"`,
      400,
      'bad_request',
    ],
    [
      'a length beyond the limit',
      `POST /api/v1/sessions HTTP/1.1\r\n${JSON_POST}\r\nContent-Length: 65537\r\n\r\n`,
      413,
      'too_large',
    ],
    [
      'chunks beyond the limit',
      `POST /api/v1/sessions HTTP/1.1\r\n${JSON_POST}\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n${'x'.repeat(65_537)}\r\n0\r\n\r\n`,
      413,
      'too_large',
    ],
    [
      'a socket that is no room’s',
      'GET /a/b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      404,
      'not_found',
    ],
  ])('is told in the form of the API: %s', async (_what, request, status, code) => {
    const answer = await sayRaw(server.url, request);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.parse(answer.body)).toEqual({
      error: expect.objectContaining({ code, message: expect.any(String) }),
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('is no offer to speak another protocol: that is answered as it was asked', async () => {
    const offer = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n';
    expect((await sayRaw(server.url, offer)).status).toBe(200);
  });

  it('is not a body of exactly the limit', async () => {
    const body = `{"username":"${'x'.repeat(65_536 - 36)}","password":"x"}`;
    const { status, body: answered } = await sayRaw(
      server.url,
      `POST /api/v1/sessions HTTP/1.1\r\n${JSON_POST}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect([status, JSON.parse(answered).error.details[0].path]).toEqual([400, 'username']);
  });
});

describe('a slow client', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    const app: App = new Hono();
    app.onError(onError(silentLogs));
    app.use(limitBody({ maxBytes: 1_000, maxMs: 5_000, except: () => false }));
    app.all('*', (c) => c.text('done'));
    server = createHttpServer(app, silentLog, { headersMs: 400, requestMs: 800, checkMs: 50 });
    url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  });
  afterEach(() => server.close());

  /** A piece at a time, for as long as somebody listens; answers what was said to it. */
  async function trickle(beginning: string, piece: string): Promise<string> {
    const socket = await openRaw(url);
    const heard = everything(socket);
    socket.write(beginning);
    const timer = setInterval(() => socket.write(piece), 50);
    return heard.finally(() => clearInterval(timer));
  }

  it('that never ends its headers is cut off, however busy it seems', async () => {
    const answer = parseAnswer(await trickle('GET / HTTP/1.1\r\nHost: x\r\n', 'X-More: x\r\n'));
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([408, 'bad_request']);
  });

  it('that never ends its body is cut off too', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n';
    expect(parseAnswer(await trickle(head, 'x')).status).toBe(408);
  });

  it('that says nothing at all is cut off too', async () => {
    const socket = await openRaw(url);
    expect(parseAnswer(await everything(socket)).status).toBe(408);
  });

  it('keeps nobody else from being served', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => openRaw(url)));
    const ends = slow.map((socket) => once(socket.resume(), 'close'));
    for (const socket of slow) socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx');
    expect(await (await fetch(url)).text()).toBe('done');
    await Promise.all(ends);
  });
});
