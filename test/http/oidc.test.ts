import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openIdentityProvider } from '../../src/oidc.ts';
import { Browser, newVerifier } from '../support/browser.ts';
import { silentLog } from '../support/core.ts';
import { goThere, RETURN_TO, startUrl } from '../support/oidc-client.ts';
import { startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { freePort } from '../support/postgres.ts';
import { type Answer, apiOf, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

let server: TestServer;
let provider: TestProvider;
beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider([`http://127.0.0.1:${port}/api/v1/oidc/callback`]);
  const { issuer, clientId, clientSecret } = provider;
  const oidc = { issuer, clientId, clientSecret, name: 'The Club' };
  server = await startTestServer({
    // In PGlite transactions take turns, and some of this is about those that do not.
    databaseUrl: await createTestDatabase(),
    config: { port, oidc, allowedOrigins: ['https://app.example'] },
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
afterEach(() => vi.useRealTimers());

const finish = (code: string, codeVerifier: string): Promise<Answer> =>
  server.api('POST', '/sessions/oidc', { code, codeVerifier, device: 'browser' });
async function signIn(): Promise<Answer> {
  const { code, codeVerifier } = await goThere(server.url);
  return finish(code, codeVerifier);
}
/** As far as the address that the provider sends the browser back to. */
async function comeBack(browser: Browser): Promise<{ callback: string; codeVerifier: string }> {
  const { codeVerifier, codeChallenge } = newVerifier();
  const callback = `${server.url}/api/v1/oidc/callback`;
  const { url } = await browser.open(startUrl(server.url, codeChallenge), callback);
  return { callback: url.href, codeVerifier };
}
const errorOf = async (response: Response) => ({ status: response.status, body: await response.json() });

/** The first one here, as a provider is asked about itself once. */
describe('a provider that has never been reached', () => {
  it('leaves the browser with the page that it came from, which is told', async () => {
    await provider.stop();
    const response = await new Browser().visit(startUrl(server.url, newVerifier().codeChallenge));
    await provider.restart();
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      `${RETURN_TO}?error=unavailable`,
    ]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe('signing in with an account elsewhere', () => {
  it('makes an account for somebody new, and finds it again', async () => {
    provider.visitor('1', {
      preferred_username: 'alice',
      name: 'Alice A.',
      email: 'alice@example.org',
      email_verified: true,
    });
    const first = await signIn();
    expect(first).toMatchObject({
      status: 201,
      body: {
        user: { username: 'alice', displayName: 'Alice A.', email: 'alice@example.org', verified: true },
      },
    });
    expect(first.body.user.guest).toBe(false);
    provider.visitor('1', {
      preferred_username: 'renamed',
      email: 'other@example.org',
      email_verified: true,
    });
    const second = await signIn();
    expect(second.body.user).toMatchObject({ id: first.body.user.id, username: 'alice' });
    const { items } = (await apiOf(server.url, second.body.accessToken)('GET', '/sessions')).body;
    expect(items).toContainEqual(expect.objectContaining({ device: 'browser', current: true }));
    provider.visitor('2', { preferred_username: 'bob' });
    expect((await signIn()).body.user.id).not.toBe(first.body.user.id);
  });

  it('takes another username when theirs is taken or cannot be one here', async () => {
    await server.signUp('carol');
    provider.visitor('3', { preferred_username: 'carol' });
    expect((await signIn()).body.user.username).toMatch(/^carol-[\da-f]{6}$/);
    provider.visitor('4', { preferred_username: '@!' });
    expect((await signIn()).body.user.username).toMatch(/^user-[\da-f]{6}$/);
    provider.visitor('5', { email: 'dave@example.org', email_verified: true });
    expect((await signIn()).body.user.username).toBe('dave');
    provider.visitor('6', { preferred_username: 'deleted-1' });
    expect((await signIn()).body.user.username).toMatch(/^deleted-1-[\da-f]{6}$/);
  });

  it('takes no address that the provider has not verified', async () => {
    provider.visitor('7', { preferred_username: 'erin', email: 'erin@example.org', email_verified: false });
    expect((await signIn()).body.user).toMatchObject({ email: null, verified: false });
  });

  it('makes one account for two first sign-ins at the same moment', async () => {
    provider.visitor('8', { preferred_username: 'frank' });
    const gone = [await goThere(server.url), await goThere(server.url)];
    const answers = await Promise.all(gone.map(({ code, codeVerifier }) => finish(code, codeVerifier)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
  });

  it('hands the page a code and no token, good once, for a minute and for the client that began', async () => {
    provider.visitor('2');
    const { code, codeVerifier } = await goThere(server.url);
    expect(await finish(code, newVerifier().codeVerifier)).toMatchObject(refusal(401, 'wrong_credentials'));
    expect(await apiOf(server.url, code)('GET', '/me')).toMatchObject(refusal(401, 'unauthenticated'));
    expect((await finish(code, codeVerifier)).status).toBe(201);
    expect(await finish(code, codeVerifier)).toMatchObject(refusal(401, 'wrong_credentials'));
    const late = await goThere(server.url);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await finish(late.code, late.codeVerifier)).toMatchObject(refusal(401, 'wrong_credentials'));
  });

  it('tells the page when the provider says no', async () => {
    provider.visitor(null);
    expect(await goThere(server.url)).toMatchObject({ error: 'wrong_credentials', code: '' });
  });
});

describe('the way to the provider and back', () => {
  it('starts with PKCE, state, nonce and a cookie that scripts cannot read', async () => {
    const browser = new Browser();
    const response = await browser.visit(startUrl(server.url, newVerifier().codeChallenge));
    const url = new URL(response.headers.get('location')!);
    expect([response.status, url.origin]).toEqual([302, provider.issuer]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${server.url}/api/v1/oidc/callback`,
      state: expect.stringMatching(/^.{40,}$/),
      nonce: expect.stringMatching(/^.{40,}$/),
    });
    expect(browser.setCookies[0]).toMatch(
      /^parlour_oidc=.{40,}; .*Path=\/api\/v1\/oidc; HttpOnly; SameSite=Lax$/,
    );
  });

  it.each([
    'https://evil.example/',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'https://user@app.example/',
    '//evil.example',
    'javascript:alert(1)',
    '/relative',
  ])('does not start for a page like %s', async (returnTo) => {
    const response = await new Browser().visit(startUrl(server.url, newVerifier().codeChallenge, returnTo));
    expect(await errorOf(response)).toMatchObject(refusal(400, 'bad_request'));
    expect(response.headers.get('location')).toBeNull();
  });

  it('comes back to pages of ours and of allowed origins', async () => {
    for (const returnTo of [RETURN_TO, `${server.url}/docs?a=b`]) {
      const response = await new Browser().visit(startUrl(server.url, newVerifier().codeChallenge, returnTo));
      expect(response.status).toBe(302);
    }
    expect((await new Browser().visit(startUrl(server.url, 'short'))).status).toBe(400);
  });

  it('ends in the browser that it began in, and once', async () => {
    provider.visitor('2');
    const [browser, other] = [new Browser(), new Browser()];
    const { callback, codeVerifier } = await comeBack(browser);
    await comeBack(other);
    for (const stranger of [new Browser(), other])
      expect(await errorOf(await stranger.visit(callback))).toMatchObject(refusal(401, 'unauthenticated'));
    const back = await browser.visit(callback);
    const page = new URL(back.headers.get('location')!);
    expect([back.status, page.origin]).toEqual([303, 'https://app.example']);
    expect(await errorOf(await browser.visit(callback))).toMatchObject(refusal(401, 'unauthenticated'));
    expect((await finish(page.searchParams.get('code')!, codeVerifier)).status).toBe(201);
  });

  it('takes ten minutes at the most', async () => {
    const browser = new Browser();
    const { callback } = await comeBack(browser);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10.1 * 60_000 });
    expect(await errorOf(await browser.visit(callback))).toMatchObject(refusal(401, 'unauthenticated'));
  });

  it("does not take somebody else's code, nor a state that was made up", async () => {
    provider.visitor('2');
    const [browser, thief] = [new Browser(), new Browser()];
    const stolen = new URL((await comeBack(browser)).callback).searchParams.get('code')!;
    const own = new URL((await comeBack(thief)).callback);
    own.searchParams.set('code', stolen);
    const back = await thief.visit(own.href);
    expect(new URL(back.headers.get('location')!).searchParams.get('error')).toBe('wrong_credentials');
    const made = await thief.visit(`${server.url}/api/v1/oidc/callback?code=x&state=made-up`);
    expect(await errorOf(made)).toMatchObject(refusal(401, 'unauthenticated'));
  });

  it('is unavailable while the provider is, and works when it is back', async () => {
    provider.visitor('2');
    const browser = new Browser();
    const { callback } = await comeBack(browser);
    await provider.stop();
    const back = await browser.visit(callback);
    expect(new URL(back.headers.get('location')!).searchParams.get('error')).toBe('unavailable');
    const unheardOf = openIdentityProvider({ ...provider, name: 'The Club' }, silentLog);
    await expect(unheardOf.depart(RETURN_TO)).rejects.toMatchObject({ code: 'unavailable' });
    await provider.restart();
    expect((await unheardOf.depart(RETURN_TO)).url).toMatch(provider.issuer);
    expect((await signIn()).status).toBe(201);
  });

  it('names the provider', async () => {
    expect((await server.api('GET', '/oidc')).body).toEqual({ name: 'The Club' });
  });
});
