import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { matchMaker } from '@colyseus/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { SPLICE_HEADER } from '../../src/http/splice.ts';
import { SpliceMarks } from '../../src/http/splice-marks.ts';
import { type Person, person } from '../support/cast.ts';
import { seatAt } from '../support/seats.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const PROXY = '127.0.0.1';
const MOST = 3;

describe('sockets of one address', () => {
  const secret = randomBytes(32).toString('hex');
  let server: TestServer;
  let alice: Person;
  beforeAll(async () => {
    const config = { socketsPerAddress: MOST, trustedProxies: [PROXY], jwtSecret: secret };
    server = await startTestServer({ config });
    alice = await person(server.url, 'alice');
  });
  afterAll(() => server.stop());

  interface Outcome {
    readonly socket: WebSocket;
    readonly status: number;
    readonly retryAfter?: string | undefined;
  }

  /** `passedOn`: by another node, which saw this address. */
  async function open(from: string, { passedOn = false } = {}): Promise<Outcome> {
    const { processId, roomId, sessionId } = await seatAt(server.url, alice, 'inbox');
    const path = `/${processId}/${roomId}?sessionId=${sessionId}`;
    const marks = new SpliceMarks(new KeyRing(new TextEncoder().encode(secret)));
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, {
      headers: {
        'X-Forwarded-For': from,
        ...(passedOn && { [SPLICE_HEADER]: marks.issue(matchMaker.processId, path) }),
      },
    });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve({ socket, status: 101 }));
      socket.once('unexpected-response', (_request, { statusCode, headers }) =>
        resolve({ socket, status: statusCode!, retryAfter: headers['retry-after'] }),
      );
      socket.once('error', reject);
    });
  }

  async function close(...outcomes: Outcome[]): Promise<void> {
    for (const { socket } of outcomes) socket.close();
    await Promise.all(outcomes.map(({ socket }) => once(socket, 'close')));
  }

  it('are so many and no more, until one of them closes', async () => {
    const open3 = await Promise.all([1, 2, 3].map(() => open('203.0.113.7')));
    expect(open3.map(({ status }) => status)).toEqual([101, 101, 101]);
    expect(await open('203.0.113.7')).toMatchObject({ status: 429, retryAfter: '10' });
    const elsewhere = await open('203.0.113.8');
    expect(elsewhere.status).toBe(101);
    await close(open3[0]!, elsewhere);
    await expect.poll(async () => (await open('203.0.113.7')).status).toBe(101);
    expect((await open('203.0.113.7')).status).toBe(429);
    await close(open3[1]!, open3[2]!);
  });

  it('are counted where they end, too, by the address that the other node saw', async () => {
    const near = '2001:db8:7:7::1';
    const passed = [await open(near, { passedOn: true }), await open(near, { passedOn: true })];
    const direct = await open('2001:db8:7:7::2');
    expect([...passed, direct].map(({ status }) => status)).toEqual([101, 101, 101]);
    expect((await open(near, { passedOn: true })).status).toBe(429);
    expect((await open('2001:db8:7:8::1', { passedOn: true })).status).toBe(101);
    await close(...passed, direct);
  });
});
