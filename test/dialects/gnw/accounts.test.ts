import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { PASSWORD, poster, signUp, tokenIn } from './people.ts';

const COOKIE = /^opaque_token=[\w-]{43}; Max-Age=604800; Path=\/gnw; HttpOnly; Secure; SameSite=Lax$/;

describe('an account of GNW', () => {
  let server: TestServer;
  let root: string;
  beforeAll(async () => {
    server = await startTestServer({ config: { allowedOrigins: ['http://localhost:3000'] } });
    root = `${server.url}/gnw`;
  });
  afterAll(() => server.stop());

  const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;
  const form = (path: string, fields: Record<string, string>) =>
    ask('POST', `${root}${path}`, { form: fields });
  const json = (path: string, fields: object, headers = {}) =>
    ask('POST', `${root}${path}`, { json: fields, headers });

  it('is made as its document says, and the token comes in its cookie and nowhere else', async () => {
    const username = unique('alice');
    const fields = { username, password: 'x', email: 'a@b', display_name: 'Alice', birthday: '1990-02-28' };
    const { status, body, text, headers, cookies } = await form('/signup', fields);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ username, displayName: 'Alice', display_name: 'Alice', email: 'a@b' },
      chatID: expect.stringMatching(/^gnw_id_\d+$/),
    });
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(COOKIE)]);
    expect(text).not.toContain(tokenIn(cookies));
  });

  it('is made as its front end does, which sends JSON, other spellings and no birthday', async () => {
    const username = unique('alice');
    const front = await json('/signUp/', { username, password: 'x', email: 'a@b.de', displayName: 'Al' });
    expect([front.status, front.body.displayName]).toEqual([200, 'Al']);
    const bare = await json('/signUp', {
      username: unique('al'),
      password: 'x',
      email: 'a@b.de',
      display_name: '',
    });
    expect(bare.body.displayName).toBe(bare.body.username);
    const query = new URLSearchParams({ username: unique('al'), password: 'x', email: 'a@b.de' });
    expect((await ask('POST', `${root}/signup?${query}`)).status).toBe(200);
  });

  it.each([
    ['no username', { username: undefined }],
    ['an empty password', { password: '' }],
    ['no address', { email: undefined }],
    ['an address without @', { email: 'alice' }],
    ['an address that is a list', { email: 'a@b,c@d' }],
    ['an address with a line break', { email: 'a@b\r\nBcc: c' }],
    ['a birthday that is no day', { birthday: '2001-02-30' }],
    ['a name that is too long', { username: 'x'.repeat(256) }],
    ['a name with a control character', { username: 'a\u0007b' }],
    ['a name with a NUL', { username: 'a\0b' }],
    ['half a character', { username: 'a\ud800' }],
    ['a name that is an object', { username: { $ne: 1 } }],
    ['a blank name', { username: '   ' }],
  ])('is refused with %s, and then there is none', async (_what, wrong) => {
    const fields = { username: unique('carol'), password: 'x', email: 'c@d.de' };
    const { status, body, cookies } = await json('/signup', { ...fields, ...wrong });
    expect([status, cookies]).toEqual([400, []]);
    expect(body).toEqual({ error: expect.any(String) });
    expect((await json('/login', { username: fields.username, password: 'x' })).status).toBe(401);
    expect((await json('/signup', fields)).status).toBe(200);
  });

  it('has a name that nobody else has, of up to 255 characters of all kinds', async () => {
    const username = `${unique('Zoë 王 @')}${'x'.repeat(200)}`;
    const fields = { username, password: 'x', email: 'z@b.de' };
    expect((await json('/signup', fields)).status).toBe(200);
    expect(await json('/signup', fields)).toMatchObject({ status: 409, body: { error: expect.any(String) } });
    expect((await json('/login', { username, password: 'x' })).body.username).toBe(username);
  });

  it('is signed in to again, beside the older sessions', async () => {
    const alice = await signUp(root, 'alice');
    const second = await form('/login', { username: alice.username, password: PASSWORD });
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ username: alice.username, email: alice.email, chatID: alice.chatID });
    expect(second.headers.getSetCookie()).toEqual([expect.stringMatching(COOKIE)]);
    const token = tokenIn(second.cookies);
    for (const post of [alice.post, poster(root, token)])
      expect((await post('/getContacts')).body).toEqual([]);
  });

  it('tells nobody whether it was the name or the password that was wrong', async () => {
    const alice = await signUp(root, 'alice');
    const wrong = await json('/login', { username: alice.username, password: 'y' });
    const unknown = await json('/login', { username: unique('nobody'), password: 'y' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(unknown.body);
    expect((await json('/login', { username: alice.username })).status).toBe(400);
  });

  it('takes its token from the cookie, a field, the header or the old cookie', async () => {
    const { token } = await signUp(root, 'alice');
    const ways = [
      json('/getContacts', {}, { Cookie: `opaque_token=${token}` }),
      json('/getContacts', { jwt: token }),
      json('/getContacts', { JWT_token: token }),
      ask('POST', `${root}/getContacts?opaque_token=${token}`),
      json('/getContacts', {}, { Authorization: `Bearer ${token}` }),
      json('/getContacts', {}, { Cookie: `JWT=${token}` }),
      // The first good one counts: an old cookie keeps nobody out.
      json('/getContacts', { jwt: token }, { Cookie: 'opaque_token=old' }),
    ];
    expect((await Promise.all(ways)).map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200, 200, 200,
    ]);
    for (const wrong of [{}, { jwt: 'made-up' }, { jwt: '' }])
      expect(await json('/getContacts', wrong)).toMatchObject({
        status: 401,
        body: { error: 'sign in first' },
      });
  });

  it('acts for nobody but the owner of the token', async () => {
    const [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    expect((await alice.post('/getContacts', { username: alice.username.toUpperCase() })).status).toBe(200);
    expect((await alice.post('/getContacts', { username: bob.username })).status).toBe(403);
  });

  it('is checked as a pair of a name and a token', async () => {
    const [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    const check = (username: string, opaque_token: string, cookie = '') =>
      json('/check-authorization', { username, opaque_token }, { Cookie: `opaque_token=${cookie}` });
    expect(await check(alice.username, alice.token)).toMatchObject({
      ...{ status: 200, body: { status: 'ok', username: alice.username } },
    });
    expect((await check(alice.username, '', alice.token)).status).toBe(200);
    expect((await check(alice.username, bob.token)).status).toBe(401);
    expect((await check(alice.username, 'made-up', alice.token)).status).toBe(401);
    expect((await check('', alice.token)).status).toBe(400);
  });

  it('is signed out here, or everywhere', async () => {
    const alice = await signUp(root, 'alice');
    const login = async () =>
      poster(root, tokenIn((await json('/login', { username: alice.username, password: PASSWORD })).cookies));
    const [second, third, fourth] = [await login(), await login(), await login()];
    const left = await second('/logout');
    expect([left.status, left.body]).toEqual([200, { status: 'ok' }]);
    expect(left.headers.getSetCookie()[0]).toMatch(/^opaque_token=; Max-Age=0; Path=\/gnw;/);
    expect((await second('/getContacts')).status).toBe(401);
    expect((await second('/logout')).status).toBe(401);
    expect((await third('/logout-everywhere')).status).toBe(200);
    for (const post of [third, fourth, alice.post]) expect((await post('/getContacts')).status).toBe(401);
  });

  it('is used by the pages that are named and by no others', async () => {
    const { token } = await signUp(root, 'alice');
    const from = (origin: string, site: string) =>
      json('/getContacts', {}, { Cookie: `opaque_token=${token}`, Origin: origin, 'Sec-Fetch-Site': site });
    const named = await from('http://localhost:3000', 'same-site');
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'http://localhost:3000',
    ]);
    expect(named.headers.get('access-control-allow-credentials')).toBe('true');
    const foreign = await from('http://evil.example', 'cross-site');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const preflight = await ask('OPTIONS', `${root}/login`, {
      headers: { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('meets what is no request with a refusal of its own kind', async () => {
    const broken = await ask('POST', `${root}/login`, { body: '{"username":' });
    expect([broken.status, broken.body]).toEqual([400, { error: expect.any(String) }]);
    expect(await ask('POST', `${root}/nowhere`)).toMatchObject({
      status: 404,
      body: { error: 'no such route' },
    });
    const get = await ask('GET', `${root}/login`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const large = await ask('POST', `${root}/login`, { body: 'x'.repeat(70_000) });
    expect([large.status, large.body]).toEqual([413, { error: expect.any(String) }]);
  });
});
