import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiOf, PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

const KEEP = { 'parlour-keep': 'cookie', 'content-type': 'application/json' };

let server: TestServer;
let names = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Headers = Record<string, string>;

function post(path: string, headers: Headers, body?: object): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers, ...init });
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const goOn = (cookie: string, headers: Headers = {}) => post('/sessions/page', { cookie, ...headers });

/** Alice's page after she has signed up in it. */
async function signUpInPage(): Promise<{ response: Response; body: any; cookie: string }> {
  names += 1;
  const response = await post('/accounts', KEEP, { username: `alice${names}`, password: PASSWORD });
  return { response, body: await response.json(), cookie: cookieOf(response) };
}

describe('a page that asks for it', () => {
  it('keeps its refresh token in a cookie that no script and no other site can use', async () => {
    const { response, body } = await signUpInPage();
    expect(response.status).toBe(201);
    expect(body).toMatchObject({ user: { username: `alice${names}` }, accessToken: expect.any(String) });
    expect(body).not.toHaveProperty('refreshToken');
    const [name, ...attributes] = response.headers.getSetCookie()[0]!.split('; ');
    expect(name).toMatch(/^parlour=[\w.-]{40,}$/);
    expect(attributes).toEqual(
      expect.arrayContaining([
        'HttpOnly',
        'SameSite=Strict',
        'Path=/api/v1/sessions/page',
        'Max-Age=5184000',
      ]),
    );
  });

  it.each([
    ['signing in', '/sessions', () => ({ username: `alice${names}`, password: PASSWORD })],
    ['coming in as a guest', '/accounts/guest', () => ({})],
  ])('has it kept by %s, too', async (_name, path, body) => {
    await signUpInPage();
    const response = await post(path, KEEP, body());
    expect([response.status, cookieOf(response)]).toEqual([201, expect.stringMatching(/^parlour=.{40}/)]);
    expect(await response.json()).not.toHaveProperty('refreshToken');
  });

  it('gets no cookie when it is refused', async () => {
    await signUpInPage();
    const response = await post('/sessions', KEEP, { username: `alice${names}`, password: 'wrong' });
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
  });

  it('is one of ours, or it is refused and nobody is signed in', async () => {
    const before = { username: 'mallory', password: PASSWORD };
    const foreign = { ...KEEP, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await post('/accounts', foreign, before)).status).toBe(403);
    expect((await post('/accounts', KEEP, before)).status).toBe(201);
  });
});

describe('whoever does not ask for it', () => {
  it('gets the refresh token in the answer, and no cookie', async () => {
    const response = await post('/accounts/guest', { 'content-type': 'application/json' }, {});
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.json()).toMatchObject({ refreshToken: expect.any(String) });
  });
});

describe('a page that was loaded again', () => {
  let page: Awaited<ReturnType<typeof signUpInPage>>;
  beforeEach(async () => {
    page = await signUpInPage();
  });

  it('goes on as the same person, with another cookie each time', async () => {
    const again = await goOn(page.cookie);
    const body = (await again.json()) as any;
    expect([again.status, body.user.id]).toEqual([200, page.body.user.id]);
    expect(body).not.toHaveProperty('refreshToken');
    expect(cookieOf(again)).toMatch(/^parlour=/);
    expect(cookieOf(again)).not.toBe(page.cookie);
    expect((await apiOf(server.url, body.accessToken)('GET', '/me')).body.id).toBe(page.body.user.id);
    expect((await goOn(cookieOf(again))).status).toBe(200);
  });

  it('is told without an error that nobody is signed in there', async () => {
    const answers = [await post('/sessions/page', {}), await goOn('parlour=made-up')];
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers[1]!.headers.getSetCookie()[0]).toMatch(/^parlour=;.*Max-Age=0/);
  });

  it('is answered to pages of our own origin only, also of an origin that may use the API', async () => {
    await server.stop();
    server = await startTestServer({ config: { allowedOrigins: ['https://friend.example'] } });
    page = await signUpInPage();
    const from = (site: string, origin: string) => goOn(page.cookie, { 'sec-fetch-site': site, origin });
    expect((await from('same-site', 'https://friend.example')).status).toBe(403);
    expect((await from('cross-site', 'https://evil.example')).status).toBe(403);
    expect((await goOn(page.cookie, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await from('same-origin', server.url)).status).toBe(200);
  });

  it('is signed out with its cookie', async () => {
    const signOut = await fetch(`${server.url}/api/v1/sessions/page`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${page.body.accessToken}`, cookie: page.cookie },
    });
    expect([signOut.status, signOut.headers.getSetCookie()[0]]).toEqual([
      204,
      expect.stringMatching(/Max-Age=0/),
    ]);
    expect((await goOn(page.cookie)).status).toBe(204);
    expect((await apiOf(server.url, page.body.accessToken)('GET', '/me')).status).toBe(401);
  });
});

describe('behind https', () => {
  it.each([
    ['', /^__Host-parlour=/, 'Path=/'],
    ['/chat', /^parlour=/, 'Path=/chat/api/v1/sessions/page'],
  ])(
    'the cookie is for this host alone; where others live beside us (path "%s"), for our path',
    async (path, name, attribute) => {
      await server.stop();
      server = await startTestServer({ config: { publicUrl: `https://chat.example.org${path}` } });
      const { response, cookie } = await signUpInPage();
      expect(cookie).toMatch(name);
      expect(response.headers.getSetCookie()[0]!.split('; ')).toEqual(
        expect.arrayContaining(['Secure', attribute]),
      );
      expect((await goOn(cookie)).status).toBe(200);
    },
  );
});
