import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIGN_IN_DELAYS } from '../../src/chat/limits.ts';
import { parseRates } from '../../src/chat/rates.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const HOME = '203.0.113.7';
const CAFE = '198.51.100.1';

let server: TestServer;
let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await createTestDatabase();
  server = await startTestServer({
    databaseUrl,
    config: { rates: parseRates(''), trustedProxies: ['127.0.0.1'], admins: ['alice'] },
  });
});
afterAll(() => server.stop());

const post = (path: string, body: object, from: string) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': from },
    body: JSON.stringify(body),
  });

const signInOnPage = (from: string) =>
  fetch(`${server.url}/monitor/sign-in`, {
    method: 'POST',
    headers: { 'X-Forwarded-For': from },
    body: new URLSearchParams({ username: 'alice', password: 'wrong horse battery' }),
  });

describe('signing in with the wrong password again and again', () => {
  let deviceToken: string;
  beforeAll(async () => {
    const answer = await post('/accounts', { username: 'alice', password: PASSWORD }, HOME);
    ({ deviceToken } = (await answer.json()) as { deviceToken: string });
    const wrong = { username: 'alice', password: 'wrong horse battery' };
    for (let n = 0; n < SIGN_IN_DELAYS.pair.free; n++) {
      expect((await post('/sessions', wrong, CAFE)).status).toBe(401);
    }
    // The next one makes those after it wait; the page is the same door.
    expect((await signInOnPage(CAFE)).status).toBe(401);
    // For longer than this test takes, instead of for a second.
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rowCount } = await client.query(
      "update sign_in_delay set not_before = clock_timestamp() + interval '1 min' where not_before > '-infinity'",
    );
    await client.end();
    expect(rowCount).toBe(1);
  });

  it('has to wait, and is told how long', async () => {
    const refused = await post('/sessions', { username: 'alice', password: PASSWORD }, CAFE);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds > 30 && seconds <= 60).toBe(true);
    expect(await refused.json()).toEqual({
      error: { code: 'rate_limited', message: `too often; try again in ${seconds} s` },
    });
    const page = await signInOnPage(CAFE);
    expect(page.status).toBe(429);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(30);
  });

  it('keeps nobody else waiting: another place, another name, or the owner’s device', async () => {
    const right = { username: 'alice', password: PASSWORD };
    expect((await post('/sessions', right, HOME)).status).toBe(201);
    expect((await post('/sessions', { ...right, username: 'bob' }, CAFE)).status).toBe(401);
    const onDevice = await post('/sessions', { ...right, deviceToken }, CAFE);
    expect(onDevice.status).toBe(201);
    expect(await onDevice.json()).toHaveProperty('deviceToken');
  });

  it('gains nothing by the device token of the owner as such', async () => {
    const headers = { Authorization: `Bearer ${deviceToken}` };
    expect((await fetch(`${server.url}/api/v1/me`, { headers })).status).toBe(401);
    expect((await fetch(`${server.url}/monitor/api`, { headers })).status).toBe(401);
  });
});
