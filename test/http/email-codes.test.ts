import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MAX_CODE_TRIES, PASSCODE_ANSWER_MS } from '../../src/chat/limits.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';
import { apiOf, type Person, startTestServer, type TestServer } from '../support/server.ts';

const MINUTE = 60 * 1_000;
const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const badCode = refusal(401, 'wrong_credentials');

let server: TestServer;
let database: MovableClock;
beforeAll(async () => {
  database = await createMovableClock();
  server = await startTestServer({ databaseUrl: database.databaseUrl });
});
afterAll(() => server.stop());
afterEach(() => vi.useRealTimers());

let people = 0;
async function newcomer(name: string) {
  people += 1;
  const email = `${name}${people}@example.org`;
  const person = await server.signUp(`${name}${people}`, { email });
  return { ...person, email, mail: await mailTo(server, email) };
}
/** Somebody whose address is proven, as passcodes want it. */
async function verified(name: string) {
  const person = await newcomer(name);
  expect((await server.api('POST', '/email/verify', { token: person.mail.token })).status).toBe(204);
  return person;
}
const isVerified = async (person: Person) => (await person.api('GET', '/me')).body.verified;
const other = (code: string) => code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
const laterBy = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

describe('the code of a verification mail', () => {
  const verify = (person: Person, code: unknown) => person.api('POST', '/email/verify-code', { code });

  it('verifies the address once, and its link does not do it again', async () => {
    const alice = await newcomer('alice');
    expect(alice.mail.code).toMatch(/^\d{6}$/);
    expect((await verify(alice, alice.mail.code)).status).toBe(204);
    expect(await isVerified(alice)).toBe(true);
    expect(await verify(alice, alice.mail.code)).toMatchObject(badCode);
    expect(await server.api('POST', '/email/verify', { token: alice.mail.token })).toMatchObject(badCode);
  });

  it('may be guessed at a few times only, and the link still works', async () => {
    const alice = await newcomer('alice');
    const wrong = other(alice.mail.code);
    const guesses = await Promise.all(Array.from({ length: MAX_CODE_TRIES }, () => verify(alice, wrong)));
    for (const guess of guesses) expect(guess).toMatchObject(badCode);
    expect(await verify(alice, alice.mail.code)).toMatchObject(badCode);
    expect(await isVerified(alice)).toBe(false);
    expect((await server.api('POST', '/email/verify', { token: alice.mail.token })).status).toBe(204);
  });

  it('is right on the last try', async () => {
    const alice = await newcomer('alice');
    for (let tries = 1; tries < MAX_CODE_TRIES; tries += 1) await verify(alice, other(alice.mail.code));
    expect((await verify(alice, alice.mail.code)).status).toBe(204);
  });

  it('speaks for whom it was sent to, signed in', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    const { code } = alice.mail;
    if (code !== bob.mail.code) expect(await verify(bob, code)).toMatchObject(badCode);
    expect(await server.api('POST', '/email/verify-code', { code })).toMatchObject(
      refusal(401, 'unauthenticated'),
    );
    for (const each of ['', '12345', '1234567', 'abcdef', 123_456, null])
      expect(await verify(alice, each)).toMatchObject(refusal(400, 'bad_request'));
    expect([await isVerified(alice), await isVerified(bob)]).toEqual([false, false]);
  });

  it('is replaced by the one of the next mail, with as many tries', async () => {
    const alice = await newcomer('alice');
    for (let tries = 0; tries < MAX_CODE_TRIES; tries += 1) await verify(alice, other(alice.mail.code));
    await alice.api('POST', '/email/resend');
    const second = await mailTo(server, alice.email, 2);
    if (second.code !== alice.mail.code) expect(await verify(alice, alice.mail.code)).toMatchObject(badCode);
    expect((await verify(alice, second.code)).status).toBe(204);
  });
});

describe('a passcode', () => {
  const request = (email: string) => server.api('POST', '/sessions/passcode/request', { email });
  const signIn = (email: string, code: string) => server.api('POST', '/sessions/passcode', { email, code });
  const codeFor = async ({ email }: { email: string }, count = 2) => {
    expect((await request(email)).status).toBe(202);
    const mail = await mailTo(server, email, count);
    expect(mail.link).toBe('');
    return mail.code;
  };

  it('signs in once, without a password', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const { status, body } = await signIn(alice.email.toUpperCase(), code);
    expect([status, body.user?.id]).toEqual([201, alice.id]);
    expect((await apiOf(server.url, body.accessToken)('GET', '/me')).status).toBe(200);
    expect(await signIn(alice.email, code)).toMatchObject(badCode);
  });

  it('is used by one of many who come at the same moment', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(alice.email, code)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('is asked for alike with and without an account, and is sent to proven addresses only', async () => {
    const [alice, bob] = [await verified('alice'), await newcomer('bob')];
    const answers = [await request(alice.email), await request(bob.email), await request('no@example.org')];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([202, '']));
    await mailTo(server, alice.email, 2);
    const mails = await allMails(server);
    expect(mails.filter(({ to }) => to === bob.email)).toHaveLength(1);
    expect(mails.filter(({ to }) => to === 'no@example.org')).toEqual([]);
  });

  it('is refused alike with and without an account, and takes its time for it', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const answers = [];
    for (const email of [alice.email, 'no@example.org']) {
      const started = performance.now();
      answers.push((await signIn(email, other(code))).body);
      expect(performance.now() - started).toBeGreaterThan(PASSCODE_ANSWER_MS - 5);
    }
    expect(answers[0]).toMatchObject(badCode.body);
    expect(answers[1]).toEqual(answers[0]);
  });

  it('may be guessed at a few times only, then it is void', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const guesses = Array.from({ length: MAX_CODE_TRIES }, () => signIn(alice.email, other(code)));
    for (const guess of await Promise.all(guesses)) expect(guess).toMatchObject(badCode);
    expect(await signIn(alice.email, code)).toMatchObject(badCode);
    expect((await signIn(alice.email, await codeFor(alice, 3))).status).toBe(201);
  });

  it('works for ten minutes', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const [first, second] = [await codeFor(alice), await codeFor(bob)];
    laterBy(9.5 * MINUTE);
    expect((await signIn(alice.email, first)).status).toBe(201);
    laterBy(1 * MINUTE);
    expect(await signIn(bob.email, second)).toMatchObject(badCode);
  });

  it('is good for its purpose only', async () => {
    const alice = await newcomer('alice');
    expect(await signIn(alice.email, alice.mail.code)).toMatchObject(badCode);
    expect((await alice.api('POST', '/email/verify-code', { code: alice.mail.code })).status).toBe(204);
    const bob = await verified('bob');
    const code = await codeFor(bob);
    await bob.api('POST', '/email/resend');
    expect(await bob.api('POST', '/email/verify-code', { code })).toMatchObject(badCode);
    expect((await signIn(bob.email, code)).status).toBe(201);
  });

  it('is void once the password is changed', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const change = { password: alice.password, newPassword: 'another horse battery' };
    expect((await alice.api('POST', '/password/change', change)).status).toBe(204);
    expect(await signIn(alice.email, code)).toMatchObject(badCode);
  });

  it('is kept as a keyed hash only', async () => {
    const alice = await verified('alice');
    const code = await codeFor(alice);
    const { rows } = await database.write(`select * from email_token where user_id = '${alice.id}'
      and purpose = 'passcode'`);
    expect(rows).toHaveLength(1);
    expect(rows[0].hash).toBeNull();
    expect(rows[0].code_hash).toMatch(/^[\w-]{43}$/);
    expect(Object.values(rows[0]).map(String)).not.toContain(code);
  });
});
