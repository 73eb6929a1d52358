import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailTo } from '../../support/mailbox.ts';
import { guard } from '../../support/second-factor.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { ask, type RawReply } from '../support/raw-fetch.ts';
import { ChattyClient } from './client.ts';

const LINK = /^http\S+\/chatty\/api\/verifyEmail\/[^/]+\/[A-Za-z]{20}$/m;

describe('accounts and logins of a chatty client', () => {
  let server: TestServer;
  let root: string;
  let client: ChattyClient;
  let user: string;
  let email: string;

  beforeAll(async () => {
    server = await startTestServer({ config: { longPollMs: 300, admins: ['root'] } });
    root = `${server.url}/chatty`;
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    client = new ChattyClient(root);
    user = `alice-${randomUUID().slice(0, 8)}`;
    email = `${user}@example.org`;
  });

  const told = ({ status, body, text }: RawReply) => [status, body?.error ?? text];
  const register = (password = 'secret', name = user) =>
    client.post('register', { user: name, email, password });
  const linkTo = async (address: string) => LINK.exec((await mailTo(server, address)).text)![0];

  async function registered(password = 'secret'): Promise<void> {
    expect(told(await register(password))).toEqual([200, '']);
    expect(told(await ask('GET', await linkTo(email)))).toEqual([200, '']);
  }

  it('registers, verifies by the link, authorizes, and is answered with a cookie and the user', async () => {
    expect(told(await register())).toEqual([200, '']);
    expect(told(await client.post('authorize', { user, password: 'wrong' }))).toEqual([
      403,
      'email is not verified',
    ]);
    const link = await linkTo(email);
    expect(link).toContain(`/chatty/api/verifyEmail/${user}/`);
    expect(told(await ask('GET', link))).toEqual([200, '']);
    // Mail programs open links, and people open them twice.
    expect(told(await ask('GET', link))).toEqual([200, '']);
    const reply = await client.post('authorize', { user, password: 'secret' });
    expect([reply.status, reply.text]).toEqual([
      200,
      `{"user":"${user}","verified":true,"admin":false,"bot":false}`,
    ]);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(reply.headers.getSetCookie()[0]).toMatch(
      /^chatty=[\w-]{43}; Max-Age=604800; Path=\/chatty; Expires=.* GMT; HttpOnly; SameSite=Lax$/,
    );
  });

  it('refuses to register in the words of the original', async () => {
    const refused = async (json: unknown) => told(await client.post('register', json));
    const good = { user, email, password: 'secret' };
    expect(told(await client.call('POST', 'register'))).toEqual([400, 'cannot parse data']);
    expect(await refused([1])).toEqual([400, 'cannot parse data']);
    expect(await refused({ ...good, user: 7 })).toEqual([400, 'cannot parse data']);
    expect(await refused({ user, email })).toEqual([422, 'password is empty']);
    expect(await refused({ ...good, user: '' })).toEqual([400, 'user is empty']);
    for (const password of ['12345', '123456789012345'])
      expect(await refused({ ...good, password })).toEqual([400, 'password must have 6 to 14 characters']);
    for (const name of ['.', '..', ' ', 'a\nb', 'a\0b', '\ud800', 'x'.repeat(65)])
      expect(await refused({ ...good, user: name })).toEqual([400, expect.stringMatching(/^user must be/)]);
    expect(await refused({ ...good, email: 'nobody' })).toEqual([400, 'email is not a valid address']);
    expect(await refused({ ...good, password: '😀'.repeat(6) })).toEqual([200, '']);
    expect(await refused({ ...good, email: `other-${email}` })).toEqual([409, 'user already registered']);
    expect(await refused({ ...good, user: 'Bot' })).toEqual([409, 'user already registered']);
    // Whose the address is nobody learns by trying.
    expect(await refused({ ...good, user: `${user}2` })).toEqual([200, '']);
  });

  it('lets nobody make themselves a verified admin', async () => {
    await client.post('register', { user, email, password: 'secret', verified: true, admin: true });
    expect(told(await client.post('authorize', { user, password: 'secret' }))).toEqual([
      403,
      'email is not verified',
    ]);
  });

  it('refuses to authorize in the words of the original', async () => {
    await registered();
    const refused = async (json: unknown) => told(await client.post('authorize', json));
    expect(told(await client.call('POST', 'authorize'))).toEqual([400, 'cannot parse data']);
    expect(await refused({ user: 'nobody at all', password: 'secret' })).toEqual([400, "user doesn't exist"]);
    expect(await refused({ user, password: 'Secret' })).toEqual([401, 'hash mismatch']);
    expect(await refused({ user })).toEqual([401, 'hash mismatch']);
    expect(await refused({ user: 'Bot', password: '' })).toEqual([400, "user doesn't exist"]);
    expect((await ask('GET', `${root}/api/verifyEmail/${user}/${'x'.repeat(20)}`)).body.error).toBe(
      'bad activation token',
    );
    expect((await ask('GET', `${root}/api/verifyEmail/nobody/${'x'.repeat(20)}`)).body.error).toBe(
      "user doesn't exist",
    );
  });

  it('takes the token of a mail from its own user only', async () => {
    await register();
    const token = (await linkTo(email)).split('/').at(-1)!;
    const other = new ChattyClient(root);
    await other.post('register', { user: `${user}2`, email: `2${email}`, password: 'secret' });
    const taken = await ask('GET', `${root}/api/verifyEmail/${user}2/${token}`);
    expect(told(taken)).toEqual([400, 'bad activation token']);
  });

  it('knows names that are no names elsewhere, in links too', async () => {
    const odd = `a/b c@${user}?%`;
    expect(told(await register('secret', odd))).toEqual([200, '']);
    expect(told(await ask('GET', await linkTo(email)))).toEqual([200, '']);
    const reply = await client.post('authorize', { user: odd, password: 'secret' });
    expect(reply.body).toMatchObject({ user: odd, verified: true });
  });

  it('sets a new password by a token of 20 letters, which ends all logins', async () => {
    await registered();
    await client.post('authorize', { user, password: 'secret' });
    const forgot = (json: unknown) => client.post('requestResetPassword', json);
    expect(told(await forgot({ user: '' }))).toEqual([400, 'username is empty']);
    expect(told(await forgot({ user: 'nobody at all' }))).toEqual([400, "user doesn't exist"]);
    expect(told(await forgot({ user }))).toEqual([200, '']);
    const token = /^[A-Za-z]{20}$/m.exec((await mailTo(server, email, 2)).text)![0];
    const reset = async (fields: object) =>
      told(
        await client.post('resetPassword', {
          user,
          passwordResetToken: token,
          password: 'another',
          ...fields,
        }),
      );
    expect(await reset({ password: '' })).toEqual([400, 'some fields are empty']);
    expect(await reset({ password: 'short' })).toEqual([400, 'password must have 6 to 14 characters']);
    expect(await reset({ passwordResetToken: 'x'.repeat(20) })).toEqual([400, 'bad reset password token']);
    expect(await reset({ user: 'nobody at all' })).toEqual([400, "user doesn't exist"]);
    expect((await client.call('PUT', 'loggedonly/keepalive')).status).toBe(200);
    expect(await reset({})).toEqual([200, '']);
    expect(told(await client.call('PUT', 'loggedonly/keepalive'))).toEqual([401, 'user not logged in']);
    expect(await reset({})).toEqual([400, 'bad reset password token']);
    expect(told(await client.post('authorize', { user, password: 'secret' }))).toEqual([
      401,
      'hash mismatch',
    ]);
    expect((await client.post('authorize', { user, password: 'another' })).status).toBe(200);
  });

  it('lets guests in by any free name, and nobody else by it', async () => {
    await registered();
    const guest = `guest ${user}`;
    const reply = await client.post('login', { user: guest });
    expect([reply.status, reply.text]).toEqual([
      200,
      `{"user":"${guest}","verified":false,"admin":false,"bot":false}`,
    ]);
    const other = new ChattyClient(root);
    const refused = async (name: string) => told(await other.post('login', { user: name }));
    expect(await refused(guest)).toEqual([409, 'user is already logged in']);
    expect(await refused(user)).toEqual([409, 'unauthorized']);
    expect(await refused(user.toUpperCase())).toEqual([409, 'unauthorized']);
    expect(await refused('Bot')).toEqual([409, 'unauthorized']);
    expect(await refused('')).toEqual([400, 'user is empty']);
    expect(told(await client.post('loggedonly/logout'))).toEqual([200, '']);
    expect((await other.post('login', { user: guest })).status).toBe(200);
  });

  it('has one login for each name: the one before is over, the cookie dead', async () => {
    await registered();
    const old = new ChattyClient(root);
    await old.post('authorize', { user, password: 'secret' });
    await client.post('authorize', { user, password: 'secret' });
    expect(told(await old.poll())).toEqual([401, 'user not logged in']);
    const { cookie } = client;
    const again = await client.post('loggedonly/login');
    expect([again.status, again.body.user]).toEqual([200, user]);
    expect(client.cookie).not.toBe(cookie);
    const dead = await ask('PUT', `${root}/api/loggedonly/keepalive`, { headers: { Cookie: cookie } });
    expect(told(dead)).toEqual([401, 'user not logged in']);
    expect((await client.call('PUT', 'loggedonly/keepalive')).status).toBe(200);
  });

  it('lets nobody through to what is for the logged in without a good cookie', async () => {
    const routes = [
      ...['POST login', 'POST logout', 'PUT keepalive', 'GET poll', 'POST joinChat', 'POST leaveChat'],
      ...['GET getChats', 'POST getLastMessages', 'POST postMessage', 'POST getUsers'],
    ].map((route) => route.replace(' ', ' loggedonly/'));
    for (const route of [...routes, 'POST adminonly/createChat', 'POST adminonly/removeChat']) {
      const [method = '', path = ''] = route.split(' ');
      for (const cookie of ['', 'chatty=', 'chatty=forged', `chatty=${'x'.repeat(43)}`]) {
        client.cookie = cookie;
        const json = method === 'GET' ? undefined : {};
        expect([route, ...told(await client.call(method, path, json))]).toEqual([
          ...[route, 401, 'user not logged in'],
        ]);
      }
    }
  });

  it('keeps pages of other sites from acting with somebody’s cookie, polls too', async () => {
    await client.guest(user);
    const from = async (method: string, path: string, headers: Record<string, string>) =>
      (await ask(method, `${root}/api/${path}`, { headers: { Cookie: client.cookie, ...headers } })).status;
    const elsewhere = { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' };
    expect(await from('PUT', 'loggedonly/keepalive', elsewhere)).toBe(403);
    expect(await from('GET', 'loggedonly/poll', { 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await from('POST', 'login', elsewhere)).toBe(403);
    const ours = { Origin: server.url, 'Sec-Fetch-Site': 'same-origin' };
    expect(await from('PUT', 'loggedonly/keepalive', ours)).toBe(200);
    expect(await from('GET', 'loggedonly/poll', ours)).toBe(200);
  });

  it('lets in whoever registered elsewhere, with whatever password, but for a second factor', async () => {
    const { password } = await server.signUp(user);
    expect((await client.post('authorize', { user, password })).body).toEqual({
      ...{ user, verified: false, admin: false, bot: false },
    });
    const carol = await server.signUp(`carol-${user}`);
    await guard(carol);
    const refused = await client.post('authorize', { user: carol.username, password: PASSWORD });
    expect([refused.status, refused.body.error]).toEqual([401, expect.any(String)]);
  });

  it('answers OPTIONS everywhere, wrong methods with 405 and unknown addresses with 404', async () => {
    expect(told(await client.call('OPTIONS', 'loggedonly/poll'))).toEqual([200, '']);
    expect((await client.call('PUT', 'register')).status).toBe(405);
    expect((await client.call('DELETE', 'loggedonly/keepalive')).status).toBe(401);
    expect(told(await client.call('GET', 'register'))).toEqual([404, '404 page not found\n']);
    expect(told(await client.call('GET', 'register/'))).toEqual([404, '404 page not found\n']);
    expect(told(await client.call('GET', 'nothing'))).toEqual([404, '404 page not found\n']);
  });
});
