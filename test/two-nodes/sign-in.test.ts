import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { Browser, newVerifier } from '../support/browser.ts';
import { createEmptyDataDir } from '../support/data-dir.ts';
import { type Nats, startNats } from '../support/nats.ts';
import { RETURN_TO, startUrl } from '../support/oidc-client.ts';
import { startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { askedFor, guard } from '../support/second-factor.ts';
import { apiOf, PASSWORD, signUp } from '../support/server.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** Where a balancer would stand. */
const ORIGIN = 'https://chat.example.org';

describe('a sign-in that begins on one node', () => {
  let nats: Nats;
  let provider: TestProvider;
  let dataDir: string;
  let one: ServerProcess;
  let other: ServerProcess;

  beforeAll(async () => {
    nats = await startNats();
    provider = await startProvider([`${ORIGIN}/api/v1/oidc/callback`]);
    dataDir = await createEmptyDataDir();
    const env = {
      DATA_DIR: dataDir,
      DATABASE_URL: await createTestDatabase(),
      NATS_URL: nats.url,
      JWT_SECRET: 'a secret that all the nodes have in common',
      PUBLIC_URL: ORIGIN,
      ALLOWED_ORIGINS: new URL(RETURN_TO).origin,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
    };
    one = await startProcess(env);
    other = await startProcess(env);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([one.stop(), other.stop()]);
    await provider.stop();
    await nats.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('comes back from the provider to another one', async () => {
    provider.visitor('alice', { preferred_username: 'alice' });
    const browser = new Browser();
    const { codeVerifier, codeChallenge } = newVerifier();
    const { url } = await browser.open(startUrl(one.url, codeChallenge), `${ORIGIN}/api/v1/oidc/callback`);
    // One cookie jar for both, as behind one address.
    const [cookie = ''] = browser.setCookies[0]!.split(';');
    expect(browser.setCookies[0]).toMatch(/; Secure/);
    const back = await fetch(`${other.url}${url.pathname}${url.search}`, {
      headers: { cookie },
      redirect: 'manual',
    });
    const code = new URL(back.headers.get('location')!).searchParams.get('code');
    const { status, body } = await apiOf(one.url)('POST', '/sessions/oidc', { code, codeVerifier });
    expect([status, body.user?.username]).toEqual([201, 'alice']);
  });

  it('gets its second factor from another one', async () => {
    const bob = await signUp(one.url, 'bob');
    const { app } = await guard(bob);
    const first = await apiOf(one.url)('POST', '/sessions', { username: 'bob', password: PASSWORD });
    const answer = { challenge: askedFor(first).challenge, code: await app.fresh() };
    expect((await apiOf(other.url)('POST', '/sessions/second-factor', answer)).status).toBe(201);
    expect((await apiOf(one.url)('POST', '/sessions/second-factor', answer)).status).toBe(401);
  });

  it('gets what a passkey signed from another one', async () => {
    const carol = await signUp(one.url, 'carol');
    const key = new Authenticator(ORIGIN);
    const proof = { password: PASSWORD };
    const made = (await carol.api('POST', '/me/passkeys/challenge', { proof })).body;
    const registration = { challenge: made.challenge, name: 'key', response: key.create(made.options) };
    const added = await apiOf(other.url, carol.accessToken)('POST', '/me/passkeys', registration);
    expect(added.status).toBe(201);
    const { challenge, options } = (await apiOf(other.url)('POST', '/sessions/passkey/challenge')).body;
    const answer = { challenge, response: key.get(options) };
    expect((await apiOf(one.url)('POST', '/sessions/passkey', answer)).status).toBe(201);
    expect((await apiOf(other.url)('POST', '/sessions/passkey', answer)).status).toBe(401);
  });
});
