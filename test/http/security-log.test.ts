import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { KeptLog } from '../support/kept-log.ts';
import { mailTo } from '../support/mailbox.ts';
import { goThere } from '../support/oidc-client.ts';
import { startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { freePort } from '../support/postgres.ts';
import { askedFor, giveFirstFactor, guard } from '../support/second-factor.ts';
import { apiOf, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const address = '127.0.0.1';
const sessionId = expect.stringMatching(/^[0-9a-f-]{36}$/);
const refused = { level: 'info', event: 'sign-in-refused', reason: 'wrong_credentials', address };
const halfway = { level: 'info', event: 'second-factor-asked', way: 'password', address };

let log: KeptLog;
let server: TestServer;
let provider: TestProvider;
beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider([`http://127.0.0.1:${port}/api/v1/oidc/callback`]);
  const { issuer, clientId, clientSecret } = provider;
  log = new KeptLog();
  server = await startTestServer({
    log,
    config: {
      port,
      oidc: { issuer, clientId, clientSecret, name: 'The Club' },
      allowedOrigins: ['https://app.example'],
    },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

let people = 0;
async function newcomer(name: string): Promise<Person & { email: string }> {
  people += 1;
  const email = `${name}${people}@example.org`;
  return { ...(await server.signUp(`${name}${people}`, { email })), email };
}
const signIn = (username: string, password = PASSWORD) =>
  server.api('POST', '/sessions', { username, password });
async function answerWith(person: Person, answer: object) {
  const { challenge } = askedFor(await giveFirstFactor(server, person));
  return server.api('POST', '/sessions/second-factor', { challenge, ...answer });
}

describe('the log says who came in, how and from where', () => {
  it('with a new account, and as a guest', async () => {
    const [account] = await log.of(() => newcomer('alice'));
    const entry = { level: 'info', event: 'sign-up', userId: expect.any(String), sessionId, address };
    expect(account).toMatchObject({ ...entry, way: 'password' });
    const [guest] = await log.of(() => server.api('POST', '/accounts/guest', {}));
    expect(guest).toMatchObject({ ...entry, way: 'guest' });
  });

  it('with a password, right and wrong, and with a name that nobody has', async () => {
    const { id: userId, username } = await newcomer('alice');
    const way = 'password';
    expect(await log.of(() => signIn(username))).toMatchObject([
      { level: 'info', event: 'sign-in', way, userId, sessionId, address },
    ]);
    expect(await log.of(() => signIn(username, 'wrong'))).toMatchObject([{ ...refused, way, userId }]);
    const [nobody, ...more] = await log.of(() => signIn('what I should not have typed here'));
    expect(nobody).toMatchObject({ ...refused, way, userId: undefined });
    expect(more).toEqual([]);
    expect(JSON.stringify(nobody)).not.toContain('typed');
  });

  it('by the wire of an older server as by ours', async () => {
    const { id: userId, username } = await newcomer('alice');
    const login = (password: string) =>
      fetch(`${server.url}/gmessenger/login`, {
        method: 'POST',
        body: JSON.stringify({ login: username, password }),
      });
    const entry = { way: 'password', userId, address };
    expect(await log.of(() => login(PASSWORD))).toMatchObject([{ event: 'sign-in', ...entry }]);
    expect(await log.of(() => login('wrong'))).toMatchObject([{ ...refused, ...entry }]);
  });

  it('with a code from a mail, right and wrong', async () => {
    const { id: userId, email } = await newcomer('alice');
    const { token } = await mailTo(server, email);
    await server.api('POST', '/email/verify', { token });
    await server.api('POST', '/sessions/passcode/request', { email });
    const { code } = await mailTo(server, email, 2);
    const enter = (code: string) => server.api('POST', '/sessions/passcode', { email, code });
    const wrong = code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
    expect(await log.of(() => enter(wrong))).toMatchObject([
      { event: 'mail-code-refused', userId, purpose: 'passcode' },
      { ...refused, way: 'mail-code' },
    ]);
    expect(await log.of(() => enter(code))).toMatchObject([
      { event: 'sign-in', way: 'mail-code', userId, sessionId, address },
    ]);
  });

  it('with an authenticator app and its recovery codes after the password, right and wrong', async () => {
    const alice = await newcomer('alice');
    const { id: userId } = alice;
    const { app, recoveryCodes } = await guard(alice);
    for (const [way, wrong, right] of [
      ['app-code', { code: 'wrong' }, { code: await app.fresh() }],
      ['recovery-code', { recoveryCode: 'wrong' }, { recoveryCode: recoveryCodes[0] }],
    ] as const) {
      const second = { level: 'info', way, userId, address };
      const reason = 'wrong_credentials';
      expect(await log.of(() => answerWith(alice, wrong))).toMatchObject([
        { ...halfway, userId },
        { ...second, event: 'second-factor-refused', reason },
      ]);
      expect(await log.of(() => answerWith(alice, right))).toMatchObject([
        { ...halfway, userId },
        { ...second, event: 'sign-in', second: true, sessionId },
      ]);
    }
  });

  it('with a passkey, right and wrong', async () => {
    const alice = await newcomer('alice');
    const { id: userId } = alice;
    const proof = { password: PASSWORD };
    const key = new Authenticator(server.url);
    const offered = (await alice.api('POST', '/me/passkeys/challenge', { proof })).body;
    const { challenge, options } = offered;
    const response = key.create(options, { userVerified: true });
    const added = () => alice.api('POST', '/me/passkeys', { challenge, name: 'key', response });
    expect(await log.of(added)).toMatchObject([{ level: 'info', event: 'passkey-added', userId }]);
    const enter = async (origin: string) => {
      const asked = (await server.api('POST', '/sessions/passkey/challenge')).body;
      const response = key.get(asked.options, { origin, userVerified: true });
      return server.api('POST', '/sessions/passkey', { challenge: asked.challenge, response });
    };
    expect(await log.of(() => enter(server.url))).toMatchObject([
      { event: 'sign-in', way: 'passkey', userId, sessionId, address },
    ]);
    expect(await log.of(() => enter('https://evil.example'))).toMatchObject([
      { level: 'warn', event: 'passkey-refused', userId },
      { ...refused, way: 'passkey', userId },
    ]);
  });

  it('with an account elsewhere, right and wrong', async () => {
    provider.visitor('carol', {});
    const { code, codeVerifier } = await goThere(server.url);
    const enter = (code: string) => server.api('POST', '/sessions/oidc', { code, codeVerifier });
    const [entry] = await log.of(() => enter(code));
    expect(entry).toMatchObject({ event: 'sign-in', way: 'oidc', sessionId, address });
    expect(await log.of(() => enter(code))).toMatchObject([{ ...refused, way: 'oidc' }]);
  });
});

describe('the log says what happens to an account', () => {
  it('when its password changes, and when somebody who is signed in does not know it', async () => {
    const { id: userId, api } = await newcomer('alice');
    const change = (password: string) =>
      api('POST', '/password/change', { password, newPassword: 'staple horse battery' });
    expect(await log.of(() => change('wrong'))).toMatchObject([
      { event: 'proof-refused', way: 'password', userId, sessionId },
    ]);
    expect(await log.of(() => change(PASSWORD))).toMatchObject([{ event: 'password-changed', userId }]);
  });

  it('when it is guarded, and when a second factor is wrong', async () => {
    const alice = await newcomer('alice');
    const { id: userId } = alice;
    expect(await log.of(() => guard(alice))).toMatchObject([{ event: 'app-added', userId }]);
    const turnOff = () =>
      alice.api('DELETE', '/me/totp', { proof: { password: PASSWORD, recoveryCode: 'wrong' } });
    expect(await log.of(turnOff)).toMatchObject([
      { event: 'proof-refused', way: 'recovery-code', second: true, userId, sessionId },
    ]);
  });

  it('when its address is proven, changed and taken away, whether anybody is told by mail or not', async () => {
    const { id: userId, api, email } = await newcomer('alice');
    const { token } = await mailTo(server, email);
    const entry = (event: string) => [{ level: 'info', event, userId }];
    const proven = () => server.api('POST', '/email/verify', { token });
    expect(await log.of(proven)).toMatchObject(entry('email-changed'));
    const proof = { password: PASSWORD };
    const ask = () => api('PUT', '/me/email', { email: `other-${email}`, proof });
    expect(await log.of(ask)).toMatchObject(entry('email-asked'));
    const remove = () => api('DELETE', '/me/email', { proof });
    expect(await log.of(remove)).toMatchObject(entry('email-removed'));
  });

  it('when somebody signs out, and when the account is deleted', async () => {
    const { id: userId, username, api } = await newcomer('alice');
    const { body } = await signIn(username);
    const signOut = () => apiOf(server.url, body.accessToken)('DELETE', '/sessions/current');
    expect(await log.of(signOut)).toMatchObject([{ event: 'sessions-ended', sessionIds: [sessionId] }]);
    const leave = () => api('DELETE', '/me', { password: PASSWORD });
    expect(await log.of(leave)).toMatchObject([
      { event: 'account-deleted', userId },
      { event: 'sessions-ended', sessionIds: [sessionId] },
    ]);
  });
});
