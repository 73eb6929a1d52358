import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';
import { apiOf, type Person, startTestServer, type TestServer } from '../support/server.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;

let server: TestServer;
let clock: MovableClock;
beforeAll(async () => {
  clock = await createMovableClock();
  server = await startTestServer({ databaseUrl: clock.databaseUrl });
});
afterAll(() => server.stop());

let people = 0;
const newcomer = (name: string) => server.signUp(`${name}${++people}`);
const refresh = (refreshToken: string) => server.api('POST', '/sessions/refresh', { refreshToken });
const isSignedIn = async (accessToken: string) =>
  (await apiOf(server.url, accessToken)('GET', '/me')).status === 200;

describe('a refresh token', () => {
  it('answers the next pair, and that one the next', async () => {
    const alice = await newcomer('alice');
    const second = await refresh(alice.refreshToken);
    expect(second.status).toBe(200);
    const third = await refresh(second.body.refreshToken);
    expect(third.status).toBe(200);
    const tokens = [alice, second.body, third.body].map(({ refreshToken }) => refreshToken);
    expect(new Set(tokens).size).toBe(3);
    expect(await isSignedIn(third.body.accessToken)).toBe(true);
  });

  it('answers the same successor to all tabs that ask at the same moment, and to one that lost the answer', async () => {
    const alice = await newcomer('alice');
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(alice.refreshToken)));
    await clock.advance(8 * SECOND);
    answers.push(await refresh(alice.refreshToken));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    for (const { body } of answers) expect(await isSignedIn(body.accessToken)).toBe(true);
    expect((await refresh(answers[5]!.body.refreshToken)).status).toBe(200);
  });

  it('ends the session, and its sockets, when it comes again later', async () => {
    const alice = await newcomer('alice');
    const { body } = await refresh(alice.refreshToken);
    const inbox = await personOf(server.url, body).join('inbox');
    await clock.advance(9 * SECOND);
    // Coming again does not make it last.
    expect((await refresh(alice.refreshToken)).status).toBe(200);
    await clock.advance(2 * SECOND);
    expect(await isSignedIn(body.accessToken)).toBe(true);
    expect((await refresh(alice.refreshToken)).status).toBe(401);
    expect(await inbox.left).toBe(4001);
    expect(await isSignedIn(body.accessToken)).toBe(false);
    expect((await refresh(body.refreshToken)).status).toBe(401);
  });

  it('ends the session however old it is, and no other one', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    let latest = alice.refreshToken;
    for (let times = 0; times < 4; times += 1) latest = (await refresh(latest)).body.refreshToken;
    expect(await isSignedIn(alice.accessToken)).toBe(true);
    expect((await refresh(alice.refreshToken)).status).toBe(401);
    expect(await isSignedIn(alice.accessToken)).toBe(false);
    expect((await refresh(latest)).status).toBe(401);
    expect((await refresh(bob.refreshToken)).status).toBe(200);
  });

  it('is nothing when it was never given out', async () => {
    const alice = await newcomer('alice');
    const [family, secret] = alice.refreshToken.split('.');
    for (const token of ['made-up', `made-up.${secret}`, '.', 'a\0b', `${'x'.repeat(100)}.${secret}`]) {
      const { status, body } = await refresh(token);
      expect([status, body.error.code]).toEqual([401, 'unauthenticated']);
    }
    expect(await isSignedIn(alice.accessToken)).toBe(true);
    expect(family).toMatch(/^[\w-]{22}$/);
  });

  it('is kept as a hash only, and what is kept does not make its successor', async () => {
    const alice = await newcomer('alice');
    const { body } = await refresh(alice.refreshToken);
    const { rows } = await clock.write(`select * from session where user_id = '${alice.id}'`);
    const kept = JSON.stringify(rows);
    for (const part of [...alice.refreshToken.split('.'), ...body.refreshToken.split('.')])
      expect(kept).not.toContain(part);
  });

  it('is worth nothing without its session', async () => {
    const alice = await newcomer('alice');
    await alice.api('DELETE', '/sessions/current');
    expect((await refresh(alice.refreshToken)).status).toBe(401);
  });
});

describe('a session', () => {
  it('lasts for 60 days after its last use, and 180 in all', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    let latest = alice.refreshToken;
    for (const days of [59, 59, 59]) {
      await clock.advance(days * DAY);
      const { status, body } = await refresh(latest);
      expect(status).toBe(200);
      latest = body.refreshToken;
    }
    expect((await refresh(bob.refreshToken)).status).toBe(401);
    await clock.advance(2.9 * DAY);
    const last = await refresh(latest);
    expect(last.status).toBe(200);
    await clock.advance(0.2 * DAY);
    expect((await refresh(last.body.refreshToken)).status).toBe(401);
  });

  it('takes its sockets along when its time is over', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    const joinAs = (user: Person) =>
      personOf(server.url, { user, accessToken: user.accessToken }).join('inbox');
    const [alices, bobs] = [await joinAs(alice), await joinAs(bob)];
    await clock.advance(59 * DAY);
    expect((await refresh(bob.refreshToken)).status).toBe(200);
    await clock.advance(2 * DAY);
    expect(await alices.left).toBe(4001);
    await bobs.request('unsent');
    await bobs.room.leave();
  });
});
