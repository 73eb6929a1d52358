import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseRates } from '../../../src/chat/rates.ts';
import { giveCookie } from '../../../src/http/dialects/gmessenger/sessions.ts';
import { giveFirstFactor, guard } from '../../support/second-factor.ts';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { names, PASSWORD, post, register, signIn, type Visitor, visitor } from './people.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const DAY = 24 * 60 * 60 * 1_000;
const NAMED = 'https://app.example.org';

describe('the door of gmessenger', () => {
  let server: TestServer;
  let root: string;
  let own: string;
  let witness: Visitor;
  beforeAll(async () => {
    server = await startTestServer({
      config: {
        dialectPorts: { gmessenger: 0 },
        admins: ['root'],
        allowedOrigins: [NAMED],
        rates: parseRates('typing.device=2/m,message.account=3/h'),
      },
    });
    root = `${server.url}/gmessenger`;
    own = server.ownUrl('gmessenger');
    witness = await register(root, 'witness');
  });
  afterAll(() => server.stop());
  afterEach(() => vi.useRealTimers());

  it('answers a sign-up as the document says, and with what each of its clients reads', async () => {
    const [alice] = names();
    const body = `{"username": "Alice", "login": "${alice}", "password": "${PASSWORD}"}`;
    const { status, body: token, headers } = await ask('POST', `${root}/register`, { body });
    expect(status).toBe(200);
    const [cookie, ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(
      new RegExp(`^sessionToken=${UUID}; Path=/gmessenger; Expires=[^;]+ GMT; SameSite=Lax$`),
    );
    const value = /=([^;]+)/.exec(cookie!)![1];
    expect(Object.keys(token)).toEqual([
      ...['token', 'Name', 'Value', 'Path', 'Domain', 'Expires', 'RawExpires', 'MaxAge', 'Secure'],
      ...['HttpOnly', 'SameSite', 'Raw', 'Unparsed'],
    ]);
    expect(token).toMatchObject({ token: value, Name: 'sessionToken', Value: value, Unparsed: null });
    const left = Date.parse(token.Expires) - Date.now();
    expect(left).toBeGreaterThan(DAY - 60_000);
    expect(left).toBeLessThanOrEqual(DAY);
    expect((await visitor(root, alice, value!).get('/me')).body).toMatchObject({
      username: 'Alice',
      email: alice,
    });
  });

  it('gives a cookie for everything on a port of its own, and takes the other one there, too', async () => {
    const [alice] = names();
    const here = await register(root, alice);
    const { status, headers, cookies } = await post(`${own}/login/`, { login: alice, password: PASSWORD });
    expect([status, headers.getSetCookie()[0]]).toEqual([200, expect.stringContaining('; Path=/; ')]);
    expect(cookies[0]).not.toBe(here.cookie);
    for (const { cookie } of [here, { cookie: cookies[0]! }])
      expect((await ask('GET', `${own}/chats`, { headers: { cookie } })).status).toBe(200);
  });

  it.each([
    ['no JSON', 'username=alice'],
    ['JSON that breaks off', '{"username": "alice"'],
    ['a list', '[]'],
    ['nothing', ''],
    ['no login', { username: 'a', password: 'p' }],
    ['an empty login', { username: 'a', login: '', password: 'p' }],
    ['a login that is no text', { username: 'a', login: 7, password: 'p' }],
    ['a login with a slash', { username: 'a', login: 'a/b', password: 'p' }],
    ['a login that leads elsewhere', { username: 'a', login: '..', password: 'p' }],
    ['a login with a line break', { username: 'a', login: 'a\nb', password: 'p' }],
    ['a login with NUL', { username: 'a', login: 'a\0b', password: 'p' }],
    ['half a character', { username: 'a', login: 'a\ud800', password: 'p' }],
    ['a login of 255 characters', { username: 'a', login: 'x'.repeat(255), password: 'p' }],
    ['no name', { username: '', login: 'nobody', password: 'p' }],
    ['no password', { username: 'a', login: 'nobody', password: '' }],
    ['a password without an end', { username: 'a', login: 'nobody', password: 'p'.repeat(5_000) }],
  ])('takes no sign-up with %s', async (_, body) => {
    const { status, body: answer } = await post(`${root}/register`, body);
    expect([status, answer]).toEqual([400, { error: expect.any(String) }]);
    expect((await witness.get('/user/active/nobody')).status).toBe(404);
  });

  it('gives a login away once, whatever its case', async () => {
    const [alice] = names();
    await register(root, alice);
    const second = await post(`${root}/register`, {
      username: 'x',
      login: alice.toUpperCase(),
      password: 'p',
    });
    expect([second.status, second.text]).toEqual([409, '{"error":"login already exists"}']);
    expect(second.cookies).toEqual([]);
  });

  it('does not say whether it was the login or the password', async () => {
    const [alice, nobody] = names();
    await register(root, alice);
    for (const login of [alice, nobody, 'a\0b']) {
      const { status, text, cookies } = await post(`${root}/login`, { login, password: 'wrong' });
      expect([status, text, cookies]).toEqual([401, '{"error":"wrong login/password"}', []]);
    }
    for (const body of ['{', { login: alice }, { login: '', password: 'x' }])
      expect((await post(`${root}/login`, body)).status).toBe(400);
  });

  it.each([
    'bob@example.org',
    'bob the builder',
    'Zoë ☃ 🦊',
    'Zoe\u0308',
    '50%',
    '?a=b&c#d',
    "';--",
    'x'.repeat(254),
  ])('lets people be called %s here, and sign in by that everywhere', async (login) => {
    const bob = await register(root, login, 'Bob');
    const alice = await register(root, names()[0]);
    const socket = await alice.socket(`/dialog/${encodeURIComponent(login)}/ws`);
    socket.send({ type: 'send_message', payload: { text: 'hello' } });
    await socket.next();
    const [message] = (await alice.get(`/dialog/${encodeURIComponent(login)}`)).body;
    expect(message).toMatchObject({ sender: alice.login, receiver: login.normalize() });
    expect((await signIn(root, login)).token).not.toBe(bob.token);
    const native = await server.api('POST', '/sessions', { username: login, password: PASSWORD });
    expect([native.status, native.body.user?.username]).toEqual([201, login.normalize()]);
    await socket.close();
  });

  it('takes an address in place of a login, as later clients send it', async () => {
    const email = 'carol@example.org';
    const { status } = await post(`${root}/register`, { username: 'Carol', email, password: PASSWORD });
    expect(status).toBe(200);
    const { body } = await post(`${root}/login`, { email, password: PASSWORD });
    expect((await visitor(root, email, body.token).get('/me')).body.email).toBe(email);
    expect((await post(`${root}/register`, { username: 'x', email, password: 'p' })).status).toBe(409);
  });

  it('knows whoever is called like an address from whoever is reached there', async () => {
    const [dan, erin] = ['dan@example.org', names()[1]];
    await register(root, dan);
    const { password } = await server.signUp(erin, { email: dan });
    const who = async (given?: string) => (await (await signIn(root, dan, given)).get('/me')).body.email;
    expect([await who(), await who(password)]).toEqual([dan, erin]);
    const fred = 'fred@example.org';
    await post(`${root}/register`, { username: 'Fred', login: fred, password });
    await server.signUp(names()[1], { email: fred });
    expect((await (await signIn(root, fred, password)).get('/me')).body.email).toBe(fred);
  });

  it('forgets a session after a day, and when it is signed out; the others stay', async () => {
    const [alice] = names();
    const first = await register(root, alice);
    const second = await signIn(root, alice);
    const socket = await second.socket('/chats/ws');
    const out = await second.post('/logout');
    expect([out.status, out.headers.getSetCookie()[0]]).toEqual([
      200,
      expect.stringMatching(/^sessionToken=; Max-Age=0; Path=\/gmessenger;/),
    ]);
    expect((await socket.closed).code).toBe(1008);
    expect((await second.get('/chats')).text).toBe('{"error":"not authenticated"}');
    expect((await second.post('/logout')).status).toBe(401);
    expect((await first.get('/chats')).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY + 1_000 });
    expect((await first.get('/chats')).status).toBe(401);
  });

  it('marks the cookie as one for https where people come by that', async () => {
    const app = new Hono().get('/', (c) => {
      giveCookie(c, { path: '/', secure: true }, 'token', new Date(Date.now() + DAY));
      return c.text('');
    });
    expect((await app.request('/')).headers.get('set-cookie')).toMatch(/; Secure; SameSite=Lax$/);
  });

  it('is listed among the sessions of its person, and ended there', async () => {
    const alice = await server.signUp(names()[0]);
    const here = await signIn(root, alice.username, alice.password);
    const { items } = (await alice.api('GET', '/sessions')).body;
    const { id } = items.find(({ device }: { device: string }) => device === 'gmessenger');
    expect((await here.get('/me')).status).toBe(200);
    expect((await alice.api('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect((await here.get('/me')).status).toBe(401);
  });

  it('takes the token in a header, and nothing that is another token of ours', async () => {
    const alice = await server.signUp(names()[0]);
    const { token } = await signIn(root, alice.username, alice.password);
    const me = (given: string) => ask('GET', `${root}/me`, { headers: { Authorization: `Bearer ${given}` } });
    expect((await me(token)).status).toBe(200);
    expect((await apiOf(server.url, token)('GET', '/me')).status).toBe(401);
    const { ws_otp: otp } = (await visitor(root, '', token).get('/otp')).body;
    for (const wrong of [alice.accessToken, alice.refreshToken, otp, ''])
      expect((await me(wrong)).status).toBe(401);
  });

  it('gives out tokens that open one socket, once and soon', async () => {
    const alice = await register(root, names()[0]);
    const otp = async (): Promise<string> => (await alice.get('/otp')).body.ws_otp;
    const address = `${root}/chats/ws?otp=${await otp()}`;
    await (await RawSocket.open(address)).close();
    const { status, body } = await RawSocket.refused(address);
    expect([status, JSON.parse(body)]).toEqual([401, { error: 'not authenticated' }]);
    const late = await otp();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await RawSocket.refused(`${root}/chats/ws?otp=${late}`)).status).toBe(401);
  });

  it('changes what one is called, and leads to the chats', async () => {
    const alice = await register(root, names()[0], 'Alice');
    const { status, headers } = await alice.post('/set_username', { username: 'Alice Liddell' });
    expect([status, headers.get('location')]).toEqual([302, '/gmessenger/chats']);
    expect((await alice.get('/me')).body.username).toBe('Alice Liddell');
    expect((await alice.post('/set_username', { username: '' })).status).toBe(400);
  });

  it('does nothing for pages of other sites, and lets those in that are named', async () => {
    const alice = await register(root, names()[0]);
    const from = (origin: string, site = 'cross-site') => ({ origin, 'sec-fetch-site': site });
    const evil = from('https://evil.example');
    for (const path of ['/register', '/login', '/logout', '/group', '/user/active/update'])
      expect((await post(root + path, {}, { cookie: alice.cookie, ...evil })).status).toBe(403);
    // Reading marks as read, so it is no harmless thing either.
    expect((await alice.get('/chats', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await alice.get('/chats', { 'sec-fetch-site': 'none' })).status).toBe(200);
    expect((await alice.get('/', { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    const named = await alice.get('/chats', from(NAMED));
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([200, NAMED]);
    const preflight = await ask('OPTIONS', `${root}/login`, { headers: { origin: NAMED } });
    expect([preflight.status, preflight.text]).toEqual([200, '']);
    for (const header of ['Accept', 'Content-Type', 'X-CSRF-Token', 'Authorization'])
      expect(preflight.headers.get('access-control-allow-headers')).toContain(header);
    const dial = (origin: string) => ({ headers: { cookie: alice.cookie, origin } });
    expect((await RawSocket.refused(`${root}/chats/ws`, dial('https://evil.example'))).status).toBe(403);
    for (const origin of [NAMED, server.url])
      await (await RawSocket.open(`${root}/chats/ws`, dial(origin))).close();
  });

  it('turns away who has a second factor or is suspended, in its own words', async () => {
    const alice = await server.signUp(names()[0]);
    const given = { login: alice.username, password: alice.password };
    expect((await post(`${root}/login`, given)).status).toBe(200);
    await guard(alice);
    expect((await giveFirstFactor(server, alice)).body.error.code).toBe('second_factor_required');
    const { status, body, cookies } = await post(`${root}/login`, given);
    expect([status, body, cookies]).toEqual([401, { error: expect.stringContaining('second factor') }, []]);
    const [admin, bob] = [await server.signUp('root'), await server.signUp(names()[1])];
    await admin.api('PUT', `/admin/users/${bob.id}/suspension`);
    const suspended = await post(`${root}/login`, { login: bob.username, password: bob.password });
    expect([suspended.status, suspended.body]).toEqual([
      403,
      { error: expect.stringContaining('suspended') },
    ]);
  });

  it('says how long to wait when something is asked too often', async () => {
    const alice = await register(root, names()[0]);
    for (const wanted of [200, 200, 429]) {
      const { status, headers, body } = await alice.post('/user/active/update');
      expect(status).toBe(wanted);
      if (wanted === 429)
        expect([Number(headers.get('retry-after')) > 0, typeof body.error]).toEqual([true, 'string']);
    }
    const socket = await alice.socket(`/dialog/${alice.login}/ws`);
    for (const text of ['one', 'two', 'three', 'four'])
      socket.send({ type: 'send_message', payload: { text } });
    const { payload } = await socket.find(({ type }) => type === 'error');
    expect(payload.error).toContain('too often');
    for (const text of ['one', 'two', 'three'])
      await socket.find((frame) => frame.type === 'new_message' && frame.payload.text === text);
    expect(socket.json).toHaveLength(4);
    expect(socket.isOpen).toBe(true);
    await socket.close();
  });
});
