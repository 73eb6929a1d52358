import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRates } from '../../src/chat/rates.ts';
import { person } from '../support/cast.ts';
import { type Answer, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const PROXY = '127.0.0.1';
const NOBODY = '6c6be800-ddd6-4e41-831b-34890ac98f15';

let server: TestServer;
let alice: Person;
let bob: Person;
beforeAll(async () => {
  const rates = [
    ...['sign-up.address=20/h', 'sign-in.address=2/h', 'proof.address=2/h', 'password.account=2/h'],
    ...['mail.account=1/h', 'mail.address=2/h', 'search.account=2/h', 'search.address=5/h'],
    ...['friend-request.account=2/h', 'join.account=2/h', 'join.address=5/h', 'message.account=2/h'],
    ...['upload.account=2/h'],
  ];
  server = await startTestServer({
    config: { rates: parseRates(rates.join(',')), trustedProxies: [PROXY], admins: ['alice'] },
  });
  alice = await server.signUp('alice', { email: 'alice@example.org' });
  bob = await server.signUp('bob');
});
afterAll(() => server.stop());

interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly as?: Person;
  /** As the balancer in front tells it. */
  readonly from: string;
}

async function ask({ method = 'POST', path, body, as, from }: Ask): Promise<Answer> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(server.url + path, {
    method,
    redirect: 'manual',
    headers: {
      'X-Forwarded-For': from,
      ...(as && { Authorization: `Bearer ${as.accessToken}` }),
      ...(body !== undefined && !form && { 'Content-Type': 'application/json' }),
    },
    body: body === undefined || form ? (body as URLSearchParams | undefined) : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Refused for now, and told until when. */
function isTooOften({ status, headers, body }: Answer): void {
  expect([status, body.error?.code]).toEqual([429, 'rate_limited']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(body.error.message).toContain(`${headers.get('retry-after')} s`);
}

describe('who asks too often', () => {
  it.each([
    ['sign in', 2, '/api/v1/sessions', { username: 'nobody', password: PASSWORD }],
    ['use tokens', 2, '/api/v1/email/verify', { token: 'made up' }],
    ['reset passwords', 2, '/api/v1/password/reset', { token: 'made up', password: PASSWORD }],
    ['have mails sent', 2, '/api/v1/password/forgot', { email: 'nobody@example.org' }],
  ])('may %s %i times from one address, and from another one still', async (what, times, path, body) => {
    const from = `203.0.113.${what.length}`;
    for (let time = 0; time < times; time++) {
      expect((await ask({ path, body, from })).status).not.toBe(429);
    }
    isTooOften(await ask({ path, body, from }));
    expect((await ask({ path, body, from: `198.51.100.${what.length}` })).status).not.toBe(429);
  });

  it('may open 20 accounts from one address, guests and others together', async () => {
    const from = '2001:db8:1:2::1';
    const guest = (device: number) =>
      ask({ path: '/api/v1/accounts/guest', body: {}, from: `2001:db8:1:2::${device}` });
    for (let n = 1; n < 20; n++) expect((await guest(n)).status).toBe(201);
    const fields = { username: 'heidi', password: PASSWORD };
    expect((await ask({ path: '/api/v1/accounts', body: fields, from })).status).toBe(201);
    isTooOften(await ask({ path: '/api/v1/accounts', body: { ...fields, username: 'ivan' }, from }));
    isTooOften(await guest(99));
    const elsewhere = '2001:db8:1:3::1';
    expect((await ask({ path: '/api/v1/accounts/guest', body: {}, from: elsewhere })).status).toBe(201);
  });

  it.each([
    ['find people', 2, 'GET', '/api/v1/users?query=x', undefined],
    ['ask for friendship', 2, 'POST', '/api/v1/friendships', { userId: NOBODY }],
    ['join groups', 2, 'PUT', `/api/v1/conversations/${NOBODY}/members/me`, undefined],
    ['send messages', 2, 'POST', `/api/v1/conversations/${NOBODY}/messages`, { text: 'hi' }],
    ['upload files', 2, 'POST', '/api/v1/media', undefined],
    ['try their password', 2, 'POST', '/api/v1/password/change', { password: 'x', newPassword: PASSWORD }],
    ['get the verification mail again', 1, 'POST', '/api/v1/email/resend', undefined],
  ])('may %s %i times, wherever they are, and others still may', async (what, times, method, path, body) => {
    const from = (time: number) => `192.0.2.${what.length + 50 * time}`;
    for (let time = 0; time < times; time++) {
      expect((await ask({ method, path, body, as: alice, from: from(time) })).status).not.toBe(429);
    }
    isTooOften(await ask({ method, path, body, as: alice, from: from(3) }));
    expect((await ask({ method, path, body, as: bob, from: from(3) })).status).not.toBe(429);
  });

  it('has used up at one route what another one counts as the same', async () => {
    const [carol, from] = [await server.signUp('carol'), '192.0.2.200'];
    const found = await ask({ method: 'GET', path: '/api/v1/users?query=c', as: carol, from });
    expect(found.status).toBe(200);
    const groups: Ask = { method: 'GET', path: '/api/v1/groups', as: carol, from };
    expect((await ask(groups)).status).toBe(200);
    isTooOften(await ask(groups));
    const wrong = { path: '/api/v1/password/change', body: { password: 'x', newPassword: PASSWORD } };
    for (let time = 0; time < 2; time++) expect((await ask({ ...wrong, as: carol, from })).status).toBe(401);
    isTooOften(await ask({ method: 'DELETE', path: '/api/v1/me', body: { password: 'x' }, as: carol, from }));
  });

  it('is told so on pages too', async () => {
    const form = new URLSearchParams({ username: 'alice', password: 'wrong horse battery' });
    const signIn: Ask = { path: '/monitor/sign-in', body: form, from: '203.0.113.200' };
    for (let time = 0; time < 2; time++) expect((await ask(signIn)).status).toBe(401);
    const verify: Ask = {
      path: '/email/verify',
      body: new URLSearchParams({ token: 'x' }),
      from: '203.0.113.200',
    };
    for (let time = 0; time < 2; time++) expect((await ask(verify)).status).toBe(400);
    for (const page of [await ask(signIn), await ask(verify)]) {
      expect([page.status, page.headers.get('content-type')]).toEqual([429, 'text/html; charset=UTF-8']);
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('may take two seats, one address five, and is told so as the SDK reads it', async () => {
    const seat = (as: Person, from: string) =>
      ask({ path: '/matchmake/joinOrCreate/inbox', body: {}, as, from });
    const home = '203.0.113.222';
    const [dave, erin] = [await server.signUp('dave'), await server.signUp('erin')];
    expect([(await seat(dave, home)).status, (await seat(dave, home)).status]).toEqual([200, 200]);
    const third = await seat(dave, home);
    expect([third.status, third.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([(await seat(erin, home)).status, (await seat(erin, home)).status]).toEqual([200, 200]);
    const frank = await server.signUp('frank');
    expect((await seat(frank, home)).status).toBe(429);
    expect((await seat(frank, '203.0.113.223')).status).toBe(200);
    const grace = await person(server.url, 'grace');
    await (await grace.join('inbox')).room.leave();
    await (await grace.join('inbox')).room.leave();
    await expect(grace.client.joinOrCreate('inbox')).rejects.toMatchObject({
      code: 429,
      message: expect.stringMatching(/try again in \d+ s/),
    });
  });
});
