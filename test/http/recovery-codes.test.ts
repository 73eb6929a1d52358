import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { askedFor, type Guarded, giveFirstFactor, guard } from '../support/second-factor.ts';
import { apiOf, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const wrong = refusal(401, 'wrong_credentials');
const required = refusal(401, 'second_factor_required');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
// Codes change with the time.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => vi.useRealTimers());

let people = 0;
async function guarded(name: string): Promise<Person & Guarded> {
  people += 1;
  const person = await server.signUp(`${name}${people}`);
  return { ...person, ...(await guard(person)) };
}
const recover = async (person: Person, recoveryCode: string | undefined) => {
  const { challenge } = askedFor(await giveFirstFactor(server, person));
  return server.api('POST', '/sessions/second-factor', { challenge, recoveryCode });
};

describe('recovery codes', () => {
  it('are ten, hard to guess, and each stands in once for the app', async () => {
    const alice = await guarded('alice');
    expect(new Set(alice.recoveryCodes).size).toBe(10);
    for (const code of alice.recoveryCodes)
      expect(code).toMatch(/^([a-hjkmnp-tv-z0-9]{4}-){3}[a-hjkmnp-tv-z0-9]{4}$/);
    const [first, second] = alice.recoveryCodes;
    expect((await recover(alice, first)).status).toBe(201);
    expect(await recover(alice, first)).toMatchObject(wrong);
    expect((await recover(alice, second!.toUpperCase().replaceAll('-', ' '))).status).toBe(201);
    const { recoveryCodesLeft } = (await alice.api('GET', '/me/second-factors')).body;
    expect(recoveryCodesLeft).toBe(8);
  });

  it('are renewed by who proves both factors, and the ones before stop working', async () => {
    const alice = await guarded('alice');
    const renew = (proof: object) => alice.api('POST', '/me/recovery-codes', { proof });
    expect(await renew({ password: PASSWORD })).toMatchObject(required);
    expect(await renew({ code: await alice.app.at(1) })).toMatchObject(wrong);
    expect(await renew({ password: PASSWORD, code: '000000' })).toMatchObject(wrong);
    const { status, body } = await renew({ password: PASSWORD, code: await alice.app.fresh() });
    expect([status, body.recoveryCodes.length]).toEqual([201, 10]);
    expect(await recover(alice, alice.recoveryCodes[0])).toMatchObject(wrong);
    expect((await recover(alice, body.recoveryCodes[0])).status).toBe(201);
  });

  it('are for those who have something to recover', async () => {
    const bob = await server.signUp('bob');
    expect(await bob.api('POST', '/me/recovery-codes', { proof: { password: PASSWORD } })).toMatchObject(
      refusal(409, 'conflict'),
    );
  });
});

describe('turning the app off', () => {
  it('takes the password and a second factor', async () => {
    const alice = await guarded('alice');
    const turnOff = (proof: object) => alice.api('DELETE', '/me/totp', { proof });
    expect(await turnOff({ password: PASSWORD })).toMatchObject(required);
    expect(await turnOff({ password: 'wrong horse', recoveryCode: alice.recoveryCodes[0] })).toMatchObject(
      wrong,
    );
    expect(await turnOff({ password: PASSWORD, recoveryCode: 'abcd' })).toMatchObject(wrong);
    expect(await giveFirstFactor(server, alice)).toMatchObject(required);
    expect((await turnOff({ password: PASSWORD, recoveryCode: alice.recoveryCodes[0] })).status).toBe(204);
    expect((await giveFirstFactor(server, alice)).status).toBe(201);
    expect((await alice.api('GET', '/me/second-factors')).body).toMatchObject({
      totp: false,
      recoveryCodesLeft: 0,
    });
    expect(await turnOff({ password: PASSWORD })).toMatchObject(refusal(404, 'not_found'));
  });

  it('leaves room for another one', async () => {
    const alice = await guarded('alice');
    expect(await alice.api('POST', '/me/totp')).toMatchObject(refusal(409, 'conflict'));
    const proof = { password: PASSWORD, code: await alice.app.fresh() };
    expect((await alice.api('DELETE', '/me/totp', { proof })).status).toBe(204);
    await guard(alice);
    expect(await giveFirstFactor(server, alice)).toMatchObject(required);
  });

  it('counts wrong codes like a sign-in does', async () => {
    const alice = await guarded('alice');
    const turnOff = (code: string) =>
      alice.api('DELETE', '/me/totp', { proof: { password: PASSWORD, code } });
    for (let tries = 0; tries < 10; tries += 1) expect(await turnOff('000000')).toMatchObject(wrong);
    expect(await turnOff(await alice.app.fresh())).toMatchObject(refusal(429, 'rate_limited'));
  });
});

describe('a second factor', () => {
  it('is not for guests, who have nothing to sign in with', async () => {
    const { body } = await server.api('POST', '/accounts/guest', {});
    const guest = apiOf(server.url, body.accessToken);
    expect(await guest('POST', '/me/totp')).toMatchObject(refusal(409, 'conflict'));
    expect(await guest('POST', '/me/passkeys/challenge', { proof: {} })).toMatchObject(
      refusal(409, 'conflict'),
    );
  });

  it('goes with the account', async () => {
    const alice = await guarded('alice');
    expect((await alice.api('DELETE', '/me', { password: PASSWORD })).status).toBe(204);
    const again = await server.signUp(alice.username);
    expect((await again.api('GET', '/me/second-factors')).body).toMatchObject({ totp: false });
    expect((await giveFirstFactor(server, again)).status).toBe(201);
  });
});
