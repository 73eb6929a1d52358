import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mailTo } from '../support/mailbox.ts';
import {
  AuthenticatorApp,
  askedFor,
  type Guarded,
  giveFirstFactor,
  guard,
} from '../support/second-factor.ts';
import {
  type Answer,
  apiOf,
  PASSWORD,
  type Person,
  startTestServer,
  type TestServer,
} from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const MINUTE = 60_000;
const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const wrong = refusal(401, 'wrong_credentials');
const over = refusal(401, 'unauthenticated');
const required = refusal(401, 'second_factor_required');

let databaseUrl: string;
let server: TestServer;
beforeAll(async () => {
  databaseUrl = await createTestDatabase();
  server = await startTestServer({ databaseUrl });
});
afterAll(() => server.stop());
// Codes change with the time, so it stands still until a test moves it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => vi.useRealTimers());
const wait = (ms: number) => vi.setSystemTime(Date.now() + ms);

let people = 0;
async function newcomer(name: string): Promise<Person> {
  people += 1;
  return server.signUp(`${name}${people}`, { email: `${name}${people}@example.org` });
}
async function guarded(name: string): Promise<Person & Guarded> {
  const person = await newcomer(name);
  return { ...person, ...(await guard(person)) };
}
const challengeFor = async (person: Person, device?: string) =>
  askedFor(await giveFirstFactor(server, person, device)).challenge;
const answer = (challenge: string, factor: object) =>
  server.api('POST', '/sessions/second-factor', { challenge, ...factor });
const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

describe('an authenticator app', () => {
  it('is asked for nothing until one of its codes and the password have confirmed it', async () => {
    const alice = await newcomer('alice');
    const offer = (await alice.api('POST', '/me/totp')).body;
    expect(offer.uri).toMatch(`otpauth://totp/Parlour%20127.0.0.1:${alice.username}?secret=${offer.secret}`);
    expect((await giveFirstFactor(server, alice)).status).toBe(201);
    const confirm = (code: string, password: string) =>
      alice.api('POST', '/me/totp/confirm', { code, proof: { password } });
    expect(await confirm('000000', PASSWORD)).toMatchObject(wrong);
    const { app } = await guard(alice);
    expect(await giveFirstFactor(server, alice)).toMatchObject(required);
    expect(await confirm(await app.fresh(), PASSWORD)).toMatchObject(required);
    expect((await alice.api('GET', '/me/second-factors')).body).toEqual({
      totp: true,
      passkeys: [],
      recoveryCodesLeft: 10,
    });
  });

  it('is confirmed by nobody without the password', async () => {
    const alice = await newcomer('alice');
    const { body } = await alice.api('POST', '/me/totp');
    const code = await new AuthenticatorApp(body.secret).fresh();
    for (const proof of [{}, { password: 'wrong horse battery' }])
      expect(await alice.api('POST', '/me/totp/confirm', { code, proof })).toMatchObject(wrong);
    expect((await giveFirstFactor(server, alice)).status).toBe(201);
    const proof = { password: PASSWORD };
    expect((await alice.api('POST', '/me/totp/confirm', { code, proof })).status).toBe(200);
  });

  it('opens the session that the first half of the sign-in asked for', async () => {
    const alice = await guarded('alice');
    const refused = await giveFirstFactor(server, alice, 'phone');
    expect(JSON.stringify(refused.body)).not.toMatch(/accessToken|refreshToken/);
    const { challenge, factors } = askedFor(refused);
    expect(factors).toEqual(['totp', 'recovery_code']);
    const { status, body } = await answer(challenge, { code: await alice.app.fresh() });
    expect(status).toBe(201);
    const { items } = (await apiOf(server.url, body.accessToken)('GET', '/sessions')).body;
    expect(items).toContainEqual(expect.objectContaining({ device: 'phone', current: true }));
  });

  it('may be one code late or early, and no more', async () => {
    const alice = await guarded('alice');
    wait(5 * MINUTE);
    const challenge = await challengeFor(alice);
    for (const steps of [-2, 2])
      expect(await answer(challenge, { code: await alice.app.at(steps) })).toMatchObject(wrong);
    expect((await answer(challenge, { code: await alice.app.at(-1) })).status).toBe(201);
    const next = await challengeFor(alice);
    expect((await answer(next, { code: await alice.app.at(1) })).status).toBe(201);
  });

  it('has its codes taken once, and none that is older than the last', async () => {
    const alice = await guarded('alice');
    wait(5 * MINUTE);
    const code = await alice.app.at();
    expect((await answer(await challengeFor(alice), { code })).status).toBe(201);
    const challenge = await challengeFor(alice);
    expect(await answer(challenge, { code })).toMatchObject(wrong);
    expect(await answer(challenge, { code: await alice.app.at(-1) })).toMatchObject(wrong);
    expect((await answer(challenge, { code: await alice.app.at(1) })).status).toBe(201);
  });

  it('opens nobody else an account', async () => {
    const [alice, bob] = [await guarded('alice'), await guarded('bob')];
    const challenge = await challengeFor(alice);
    expect(await answer(challenge, { code: await bob.app.fresh() })).toMatchObject(wrong);
    expect(await answer(challenge, { recoveryCode: bob.recoveryCodes[0] })).toMatchObject(wrong);
    expect((await answer(challenge, { code: await alice.app.fresh() })).status).toBe(201);
  });

  it('rests for a while after many wrong codes, over all sign-ins, but other factors do not', async () => {
    const alice = await guarded('alice');
    for (const _ of [1, 2]) {
      const challenge = await challengeFor(alice);
      for (const code of ['000000', '000001', '000002', '000003', '000004'])
        expect(await answer(challenge, { code })).toMatchObject(wrong);
    }
    const challenge = await challengeFor(alice);
    const right = { code: await alice.app.fresh() };
    expect(await answer(challenge, right)).toMatchObject(refusal(429, 'rate_limited'));
    const [recoveryCode] = alice.recoveryCodes;
    expect((await answer(challenge, { recoveryCode })).status).toBe(201);
    wait(16 * MINUTE);
    const later = await challengeFor(alice);
    expect((await answer(later, { code: await alice.app.fresh() })).status).toBe(201);
  });

  it('keeps its secret sealed in the database, and recovery codes only as hashes', async () => {
    const alice = await newcomer('alice');
    const { secret } = (await alice.api('POST', '/me/totp')).body;
    const bob = await guarded('bob');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const rows = await client.query('select row_to_json(t)::text as row from totp t');
    const codes = await client.query('select row_to_json(c)::text as row from recovery_code c');
    await client.end();
    const stored = [...rows.rows, ...codes.rows].map(({ row }) => row).join('\n');
    expect(stored).toContain(alice.id);
    expect(stored).toContain(bob.id);
    for (const open of [
      secret,
      ...bob.recoveryCodes,
      ...bob.recoveryCodes.map((code) => code.replaceAll('-', '')),
    ])
      expect(stored).not.toContain(open);
  });
});

describe('the challenge between the two halves of a sign-in', () => {
  it('is answered once', async () => {
    const alice = await guarded('alice');
    const challenge = await challengeFor(alice);
    const answers = await Promise.all(
      alice.recoveryCodes.slice(0, 3).map((recoveryCode) => answer(challenge, { recoveryCode })),
    );
    expect(statuses(answers).sort()).toEqual([201, 401, 401]);
    expect(await answer(challenge, { recoveryCode: alice.recoveryCodes[4] })).toMatchObject(over);
    const { recoveryCodesLeft } = (await alice.api('GET', '/me/second-factors')).body;
    expect(recoveryCodesLeft).toBe(9);
  });

  it('bears some wrong answers, then the first half comes anew', async () => {
    const alice = await guarded('alice');
    const code = await alice.app.fresh();
    const patient = await challengeFor(alice);
    for (const _ of [1, 2, 3, 4]) expect(await answer(patient, { code: '000000' })).toMatchObject(wrong);
    expect((await answer(patient, { code })).status).toBe(201);
    const spent = await challengeFor(alice);
    for (const _ of [1, 2, 3, 4, 5])
      expect(await answer(spent, { recoveryCode: 'abcd-efgh' })).toMatchObject(wrong);
    expect(await answer(spent, { recoveryCode: alice.recoveryCodes[0] })).toMatchObject(over);
  });

  it('waits five minutes', async () => {
    const alice = await guarded('alice');
    const [first, second] = [await challengeFor(alice), await challengeFor(alice)];
    wait(4.9 * MINUTE);
    expect((await answer(first, { code: await alice.app.fresh() })).status).toBe(201);
    wait(0.2 * MINUTE);
    expect(await answer(second, { recoveryCode: alice.recoveryCodes[0] })).toMatchObject(over);
  });

  it('is no access token, and is void when made up or answered with nothing', async () => {
    const alice = await guarded('alice');
    const challenge = await challengeFor(alice);
    expect(await apiOf(server.url, challenge)('GET', '/me')).toMatchObject(over);
    expect(await answer('made-up', { recoveryCode: alice.recoveryCodes[0] })).toMatchObject(over);
    for (const factor of [{}, { code: '123456', recoveryCode: 'abcd' }, { code: 123456 }])
      expect(await answer(challenge, factor)).toMatchObject(refusal(400, 'bad_request'));
  });

  it('ends when the password is changed meanwhile', async () => {
    const alice = await guarded('alice');
    const challenge = await challengeFor(alice);
    const change = { password: PASSWORD, newPassword: 'another horse battery' };
    expect((await alice.api('POST', '/password/change', change)).status).toBe(204);
    expect(await answer(challenge, { code: await alice.app.fresh() })).toMatchObject(over);
  });

  it('also comes after a passcode by mail, which is used up by it', async () => {
    const alice = await guarded('alice');
    const email = `${alice.username}@example.org`;
    vi.useRealTimers();
    const { token } = await mailTo(server, email);
    expect((await server.api('POST', '/email/verify', { token })).status).toBe(204);
    await server.api('POST', '/sessions/passcode/request', { email });
    const { code } = await mailTo(server, email, 2);
    const signIn = await server.api('POST', '/sessions/passcode', { email, code });
    expect(signIn).toMatchObject(required);
    expect(await server.api('POST', '/sessions/passcode', { email, code })).toMatchObject(wrong);
    const { challenge } = askedFor(signIn);
    expect((await answer(challenge, { recoveryCode: alice.recoveryCodes[0] })).status).toBe(201);
  });

  it('also comes after a password was reset by mail', async () => {
    const alice = await guarded('alice');
    const email = `${alice.username}@example.org`;
    vi.useRealTimers();
    await mailTo(server, email);
    await server.api('POST', '/password/forgot', { email });
    const { token } = await mailTo(server, email, 2);
    const password = 'another horse battery';
    expect((await server.api('POST', '/password/reset', { token, password })).status).toBe(204);
    const signIn = await server.api('POST', '/sessions', { username: alice.username, password });
    expect(signIn).toMatchObject(required);
    const { challenge } = askedFor(signIn);
    expect((await answer(challenge, { recoveryCode: alice.recoveryCodes[0] })).status).toBe(201);
  });
});
