import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { personOf } from '../support/cast.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import {
  type Answer,
  apiOf,
  PASSWORD,
  type Person,
  startTestServer,
  type TestServer,
} from '../support/server.ts';

const NEW_PASSWORD = 'another horse battery';
const HOUR = 60 * 60 * 1_000;
const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const badToken = refusal(401, 'wrong_credentials');

let server: TestServer;
beforeAll(async () => {
  // A real PostgreSQL: in PGlite transactions take turns, and some of this is about those that do not.
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(() => vi.useRealTimers());

let people = 0;
async function newcomer(name: string): Promise<Person & { email: string }> {
  people += 1;
  const email = `${name}${people}@example.org`;
  const person = await server.signUp(`${name}${people}`, { email });
  await mailTo(server, email);
  return { ...person, email };
}
const signIn = (person: Person, password: string) =>
  server.api('POST', '/sessions', { username: person.username, password });
const forgot = (email: string) => server.api('POST', '/password/forgot', { email });
const reset = (token: string, password = NEW_PASSWORD) =>
  server.api('POST', '/password/reset', { token, password });
const resetMail = async (person: { email: string }) => {
  await forgot(person.email);
  return mailTo(server, person.email, 2);
};
const openInbox = (person: Person) =>
  personOf(server.url, { user: person, accessToken: person.accessToken }).join('inbox');

describe('a forgotten password', () => {
  it('is answered alike for known and unknown addresses, and only a known one gets a mail', async () => {
    const alice = await newcomer('alice');
    const unknown = await forgot('nobody@example.org');
    const known = await forgot(alice.email.toUpperCase());
    expect([unknown.status, unknown.body]).toEqual([202, '']);
    expect([known.status, known.body]).toEqual([202, '']);
    const { link } = await mailTo(server, alice.email, 2);
    expect(link.startsWith(`${server.url}/password/reset?token=`)).toBe(true);
    expect((await allMails(server)).filter((mail) => /nobody/.test(mail.to))).toEqual([]);
    expect(await forgot('nowhere')).toMatchObject(refusal(400, 'bad_request'));
  });

  it('is replaced once by the token of the mail, which verifies the address', async () => {
    const alice = await newcomer('alice');
    const { token } = await resetMail(alice);
    expect((await reset(token)).status).toBe(204);
    expect((await signIn(alice, PASSWORD)).status).toBe(401);
    const { status, body } = await signIn(alice, NEW_PASSWORD);
    expect([status, body.user.verified]).toEqual([201, true]);
    expect(await reset(token, 'a third horse battery')).toMatchObject(badToken);
  });

  it('ends all sessions when it is replaced, and no other person is touched', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    const phone = apiOf(server.url, (await signIn(alice, PASSWORD)).body.accessToken);
    const [alices, bobs] = [await openInbox(alice), await openInbox(bob)];
    expect((await reset((await resetMail(alice)).token)).status).toBe(204);
    expect(await alices.left).toBe(4001);
    for (const api of [alice.api, phone]) expect((await api('GET', '/me')).status).toBe(401);
    expect((await server.api('POST', '/sessions/refresh', { refreshToken: alice.refreshToken })).status).toBe(
      401,
    );
    expect((await bob.api('GET', '/me')).status).toBe(200);
    expect((await signIn(bob, NEW_PASSWORD)).status).toBe(401);
    await bobs.room.leave();
  });

  it('waits an hour for its mail to be read', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    const [first, second] = [await resetMail(alice), await resetMail(bob)];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 0.95 * HOUR });
    expect((await reset(first.token)).status).toBe(204);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 0.1 * HOUR });
    expect(await reset(second.token)).toMatchObject(badToken);
    vi.useRealTimers();
    expect((await signIn(bob, PASSWORD)).status).toBe(201);
  });

  it('takes the newest mail only, and no token that was made up', async () => {
    const alice = await newcomer('alice');
    const first = await resetMail(alice);
    await forgot(alice.email);
    const second = await mailTo(server, alice.email, 3);
    for (const token of [first.token, `${second.token}A`, 'made-up', 'a\0b'])
      expect(await reset(token)).toMatchObject(badToken);
    expect((await reset(second.token)).status).toBe(204);
  });

  it('keeps its token when the new one is refused, and takes one of two at the same moment', async () => {
    const alice = await newcomer('alice');
    const { token } = await resetMail(alice);
    expect(await reset(token, 'seven77')).toMatchObject(refusal(400, 'bad_request'));
    const answers = await Promise.all([reset(token, 'first horse'), reset(token, 'second horse')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    const winner = answers[0]!.status === 204 ? 'first horse' : 'second horse';
    expect((await signIn(alice, winner)).status).toBe(201);
  });
});

describe('changing the password', () => {
  const change = (person: Person, password: string, newPassword = NEW_PASSWORD) =>
    person.api('POST', '/password/change', { password, newPassword });

  it('ends every session but the one that asks', async () => {
    const alice = await newcomer('alice');
    const phone = await signIn(alice, PASSWORD);
    const inbox = await personOf(server.url, phone.body).join('inbox');
    expect((await change(alice, PASSWORD)).status).toBe(204);
    expect(await inbox.left).toBe(4001);
    expect((await apiOf(server.url, phone.body.accessToken)('GET', '/me')).status).toBe(401);
    expect((await alice.api('GET', '/me')).status).toBe(200);
    expect((await signIn(alice, PASSWORD)).status).toBe(401);
    expect((await signIn(alice, NEW_PASSWORD)).status).toBe(201);
  });

  it('takes the current one', async () => {
    const bob = await newcomer('bob');
    expect(await change(bob, 'wrong horse battery')).toMatchObject(refusal(401, 'wrong_credentials'));
    expect(await change(bob, PASSWORD, 'seven77')).toMatchObject(refusal(400, 'bad_request'));
    expect(
      await server.api('POST', '/password/change', { password: PASSWORD, newPassword: NEW_PASSWORD }),
    ).toMatchObject(refusal(401, 'unauthenticated'));
    const guest = await server.api('POST', '/accounts/guest', {});
    const asGuest = apiOf(server.url, guest.body.accessToken);
    expect(
      await asGuest('POST', '/password/change', { password: '', newPassword: NEW_PASSWORD }),
    ).toMatchObject(refusal(401, 'wrong_credentials'));
    expect((await signIn(bob, PASSWORD)).status).toBe(201);
  });

  it('is not undone by a reset that was asked for before', async () => {
    const carol = await newcomer('carol');
    const { token } = await resetMail(carol);
    expect((await change(carol, PASSWORD)).status).toBe(204);
    expect(await reset(token, 'a third horse battery')).toMatchObject(badToken);
  });

  it('leaves no session to those who sign in with the old one at that moment', async () => {
    const alice = await newcomer('alice');
    const changing = change(alice, PASSWORD);
    let done = false;
    void changing.then(() => (done = true));
    const late: Promise<Answer>[] = [];
    while (!done) {
      late.push(signIn(alice, PASSWORD));
      await delay(3);
    }
    expect((await changing).status).toBe(204);
    const tokens = (await Promise.all(late)).map(({ body }) => body.accessToken).filter(Boolean);
    for (const token of tokens) expect((await apiOf(server.url, token)('GET', '/me')).status).toBe(401);
  });
});

describe('the page behind the link', () => {
  const press = (fields: Record<string, string>) =>
    fetch(`${server.url}/password/reset`, { method: 'POST', body: new URLSearchParams(fields) });

  it('asks for the new password and uses the token only with a good one', async () => {
    const alice = await newcomer('alice');
    const { link, token } = await resetMail(alice);
    const page = await fetch(link);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';.* form-action 'self'/);
    expect(await page.text()).toMatch(/type="password"/);
    const short = await press({ token, password: 'seven77' });
    expect([short.status, await short.text()]).toEqual([400, expect.stringContaining(token)]);
    for (const [password, why] of [
      ['iloveyou', 'tried first'],
      [alice.email, 'your name or address'],
    ] as const) {
      const refused = await press({ token, password });
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(why)]);
    }
    expect((await press({ token, password: NEW_PASSWORD })).status).toBe(200);
    expect((await signIn(alice, NEW_PASSWORD)).status).toBe(201);
    expect((await press({ token, password: 'a third horse battery' })).status).toBe(400);
    expect((await press({})).status).toBe(400);
  });
});
