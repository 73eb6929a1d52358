import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { goThere } from '../support/oidc-client.ts';
import { type Claims, startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { freePort } from '../support/postgres.ts';
import { askedFor, guard } from '../support/second-factor.ts';
import {
  type Answer,
  type Api,
  apiOf,
  PASSWORD,
  type Person,
  startTestServer,
  type TestServer,
} from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const wrong = refusal(401, 'wrong_credentials');
const conflict = refusal(409, 'conflict');
const proof = { password: PASSWORD };

let server: TestServer;
let provider: TestProvider;
let databaseUrl: string;
beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider([`http://127.0.0.1:${port}/api/v1/oidc/callback`]);
  const { issuer, clientId, clientSecret } = provider;
  const oidc = { issuer, clientId, clientSecret, name: 'The Club' };
  databaseUrl = await createTestDatabase();
  server = await startTestServer({
    databaseUrl,
    config: { port, oidc, allowedOrigins: ['https://app.example'] },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  people += 1;
});

/** By the database's clock, which no test can set. */
async function makeSessionsOlder(by: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`update session set created_at = created_at - interval '${by}'`);
  await client.end();
}

let people = 0;
/** Somebody at the provider, who is there now. */
function visitor(name: string, claims: Claims = {}): string {
  const subject = `${name}-${people}`;
  provider.visitor(subject, claims);
  return subject;
}
async function signIn(): Promise<Answer> {
  const { code, codeVerifier } = await goThere(server.url);
  return server.api('POST', '/sessions/oidc', { code, codeVerifier });
}
async function link(api: Api, given?: object): Promise<Answer> {
  const { code, codeVerifier } = await goThere(server.url);
  return api('POST', '/me/identities', { code, codeVerifier, ...(given && { proof: given }) });
}
const unlink = (api: Api, id: string, given: object = {}) =>
  api('DELETE', `/me/identities/${id}`, { proof: given });
async function newcomer(name: string): Promise<Person & { email: string }> {
  const email = `${name}${people}@example.org`;
  return { ...(await server.signUp(`${name}${people}`, { email })), email };
}
async function verify(person: { email: string }): Promise<void> {
  const { token } = await mailTo(server, person.email);
  expect((await server.api('POST', '/email/verify', { token })).status).toBe(204);
}

const subjectsTo = async (email: string) =>
  (await allMails(server)).filter(({ to }) => to === email).map(({ subject }) => subject);

describe('an account with the same address', () => {
  it('is linked when both sides have verified it', async () => {
    const alice = await newcomer('alice');
    await verify(alice);
    visitor('alice', { email: alice.email.toUpperCase(), email_verified: true });
    expect((await signIn()).body.user.id).toBe(alice.id);
    await expect.poll(() => subjectsTo(alice.email)).toContain('An account elsewhere was linked');
    visitor('alice', { email: 'new@example.org', email_verified: true });
    expect((await signIn()).body.user.id).toBe(alice.id);
  });

  it('is not given away when only the provider has', async () => {
    const alice = await newcomer('alice');
    visitor('alice', { email: alice.email, email_verified: true });
    const { status, body } = await signIn();
    expect([status, body.user.email, body.user.verified]).toEqual([201, alice.email, true]);
    expect(body.user.id).not.toBe(alice.id);
    expect((await alice.api('GET', '/me/identities')).body.items).toEqual([]);
    const late = { token: (await mailTo(server, alice.email)).token };
    expect(await server.api('POST', '/email/verify', late)).toMatchObject(refusal(409, 'email_taken'));
  });

  it('is not given away when only we have', async () => {
    const alice = await newcomer('alice');
    await verify(alice);
    visitor('mallory', { email: alice.email, email_verified: false });
    const { status, body } = await signIn();
    expect([status, body.user.email]).toEqual([201, null]);
    expect(body.user.id).not.toBe(alice.id);
  });
});

describe('linking', () => {
  it('is done by who is signed in here, with a fresh proof, and there', async () => {
    const alice = await newcomer('alice');
    visitor('alice');
    expect(await link(alice.api)).toMatchObject(wrong);
    expect(await link(alice.api, { password: 'wrong horse' })).toMatchObject(wrong);
    const { status, body } = await link(alice.api, proof);
    expect([status, body.issuer]).toEqual([201, provider.issuer]);
    expect((await signIn()).body.user.id).toBe(alice.id);
    expect((await alice.api('GET', '/me/identities')).body.items).toMatchObject([{ id: body.id }]);
    const made = { code: 'made-up', codeVerifier: 'x'.repeat(43), proof };
    expect(await alice.api('POST', '/me/identities', made)).toMatchObject(wrong);
  });

  it("does not take what lets somebody else in, nor one's own twice", async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    visitor('alice');
    expect((await link(alice.api, proof)).status).toBe(201);
    expect(await link(bob.api, proof)).toMatchObject(conflict);
    expect(await link(alice.api, proof)).toMatchObject(conflict);
    expect((await signIn()).body.user.id).toBe(alice.id);
  });

  it('makes a guest somebody who can come back', async () => {
    const { body } = await server.api('POST', '/accounts/guest', {});
    visitor('carol');
    const guest = apiOf(server.url, body.accessToken);
    expect((await link(guest)).status).toBe(201);
    expect((await guest('GET', '/me')).body.guest).toBe(false);
    expect((await signIn()).body.user.id).toBe(body.user.id);
  });
});

describe('unlinking', () => {
  it('takes a fresh proof and leaves the account', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    visitor('alice');
    const { id } = (await link(alice.api, proof)).body;
    expect(await unlink(alice.api, id)).toMatchObject(wrong);
    expect(await unlink(bob.api, id, proof)).toMatchObject(refusal(404, 'not_found'));
    expect((await unlink(alice.api, id, proof)).status).toBe(204);
    expect((await signIn()).body.user.id).not.toBe(alice.id);
    expect((await server.api('POST', '/sessions', alice)).status).toBe(201);
  });

  it('is told to the proven address, and so was linking', async () => {
    const alice = await newcomer('alice');
    await verify(alice);
    visitor('alice');
    const { id } = (await link(alice.api, proof)).body;
    await expect.poll(() => subjectsTo(alice.email)).toContain('An account elsewhere was linked');
    await unlink(alice.api, id, proof);
    await expect.poll(() => subjectsTo(alice.email)).toContain('An account elsewhere was unlinked');
  });

  it('is refused for the last way in, until there is another one', async () => {
    const email = `dave${people}@example.org`;
    visitor('dave', { email, email_verified: true });
    const dave = await signIn();
    const api = apiOf(server.url, dave.body.accessToken);
    const [{ id }] = (await api('GET', '/me/identities')).body.items;
    expect(await unlink(api, id)).toMatchObject(conflict);
    expect((await signIn()).body.user.id).toBe(dave.body.user.id);
    await server.api('POST', '/password/forgot', { email });
    const { token } = await mailTo(server, email);
    await server.api('POST', '/password/reset', { token, password: PASSWORD });
    const again = apiOf(server.url, (await signIn()).body.accessToken);
    expect((await unlink(again, id, proof)).status).toBe(204);
  });
});

describe('a passkey', () => {
  const register = async (api: Api, userVerified: boolean, given: object = {}): Promise<Answer> => {
    const { challenge, options } = (await api('POST', '/me/passkeys/challenge', { proof: given })).body;
    const response = new Authenticator(server.url).create(options, { userVerified });
    return api('POST', '/me/passkeys', { challenge, name: 'key', response });
  };

  it('is another way in if it knows its owner, and then the last one that stays', async () => {
    visitor('heidi');
    const heidi = apiOf(server.url, (await signIn()).body.accessToken);
    const [{ id }] = (await heidi('GET', '/me/identities')).body.items;
    const { recoveryCodes } = (await register(heidi, false)).body;
    const recovery = () => ({ recoveryCode: recoveryCodes.pop() });
    expect(await unlink(heidi, id, recovery())).toMatchObject(conflict);
    const { passkey } = (await register(heidi, true, recovery())).body;
    expect((await unlink(heidi, id, recovery())).status).toBe(204);
    expect((await heidi('GET', '/me')).body.guest).toBe(false);
    const remove = { proof: recovery() };
    expect(await heidi('DELETE', `/me/passkeys/${passkey.id}`, remove)).toMatchObject(conflict);
  });
});

describe('an account without a password', () => {
  it('proves itself afresh by a session of the last ten minutes', async () => {
    visitor('erin');
    const erin = apiOf(server.url, (await signIn()).body.accessToken);
    const offer = () => erin('POST', '/me/passkeys/challenge', { proof: {} });
    expect((await offer()).status).toBe(201);
    await makeSessionsOlder('10 minutes 6 seconds');
    expect(await offer()).toMatchObject(wrong);
    const anew = apiOf(server.url, (await signIn()).body.accessToken);
    expect((await anew('POST', '/me/passkeys/challenge', { proof: {} })).status).toBe(201);
  });

  it('is asked for its second factor after the sign-in elsewhere, as any other', async () => {
    visitor('frank');
    const { user, accessToken } = (await signIn()).body;
    const frank = {
      ...user,
      accessToken,
      password: '',
      refreshToken: '',
      api: apiOf(server.url, accessToken),
    };
    const { recoveryCodes } = await guard(frank);
    const refused = await signIn();
    expect(refused).toMatchObject(refusal(401, 'second_factor_required'));
    const { challenge } = askedFor(refused);
    const answer = { challenge, recoveryCode: recoveryCodes[0] };
    expect((await server.api('POST', '/sessions/second-factor', answer)).body.user.id).toBe(user.id);
  });

  it('is deleted like any other, and the account elsewhere is then a stranger', async () => {
    visitor('grace');
    const { user, accessToken } = (await signIn()).body;
    expect((await apiOf(server.url, accessToken)('DELETE', '/me')).status).toBe(204);
    expect((await signIn()).body.user.id).not.toBe(user.id);
  });
});
