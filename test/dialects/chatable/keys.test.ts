import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../support/cast.ts';
import { guard } from '../../support/second-factor.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { ask, type RawReply } from '../support/raw-fetch.ts';
import { type Client, clientWith, form, freshName, type Keys, registered, sign, signedIn } from './client.ts';

const UNAUTHENTICATED = {
  status: 'fail',
  data: [],
  error: { code: 401, errors: { error: 'Unauthenticated' }, message: 'Authentication error' },
  page: 1,
  per_page: 10,
  current_page: 0,
};

describe('the key pairs of chatable', () => {
  let server: TestServer;
  let url: string;
  let bob: Client;
  beforeAll(async () => {
    server = await startTestServer({ config: { admins: ['root'] } });
    url = `${server.url}/chatable`;
    bob = await registered(url, 'bob');
  });
  afterAll(() => server.stop());

  const inbox = (headers: Record<string, string>, query = ''): Promise<RawReply> =>
    ask('GET', `${url}/api/inbox${query}`, { headers });
  const withToken = (token: string): Promise<RawReply> => inbox({ Authorization: `Bearer ${token}` });
  const now = (): number => Math.floor(Date.now() / 1_000);

  it.each([
    ['no claims at all', {}, {}],
    ['any claims', { user: 'bob', iat: 'whenever', exp: now() + 600, nbf: now() - 600 }, {}],
    ['HS384', {}, { alg: 'HS384' }],
    ['HS512', {}, { alg: 'HS512' }],
    ['no type', {}, { typ: undefined }],
  ])('sign tokens that are good, with %s, as often as they like', async (_what, claims, header) => {
    const token = sign(bob.keys, claims, header);
    expect((await withToken(token)).status).toBe(200);
    expect((await withToken(token)).status).toBe(200);
  });

  it('let in whoever shows the token in the header, however that is written, or in the address', async () => {
    for (const scheme of ['Bearer', 'BEARER', 'bearer'])
      expect((await inbox({ Authorization: `${scheme} ${bob.token}` })).status).toBe(200);
    expect((await inbox({}, `?access_token=${bob.token}`)).status).toBe(200);
    // As behind a proxy with a password of its own.
    expect((await inbox({ Authorization: 'Basic Ym9i' }, `?access_token=${bob.token}`)).status).toBe(200);
  });

  it.each<[string, () => Promise<string>]>([
    ['is none', async () => 'nonsense'],
    ['is empty', async () => ''],
    ['has ended', async () => sign(bob.keys, { exp: now() - 1 })],
    ['ends at no time', async () => sign(bob.keys, { exp: 'never' })],
    ['has not begun', async () => sign(bob.keys, { nbf: now() + 600 })],
    ['is not signed', async () => `${sign(bob.keys, {}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['says that it is not signed', async () => sign(bob.keys, {}, { alg: 'none' })],
    ['says that it is signed in another way', async () => sign(bob.keys, {}, { alg: 'RS256' })],
    ['is signed with something else', async () => sign({ ...bob.keys, secret_access_key: 'guess' }, {})],
    [
      'is signed with the secret in small letters',
      async () => sign({ ...bob.keys, secret_access_key: bob.keys.secret_access_key.toLowerCase() }, {}),
    ],
    ['names no key', async () => sign(bob.keys, {}, { access_key: undefined })],
    ['names a key that is a list', async () => sign(bob.keys, {}, { access_key: [bob.keys.access_key_id] })],
    ['names a key that is a number', async () => sign(bob.keys, {}, { access_key: 7 })],
    ['names an unknown key', async () => sign(bob.keys, {}, { access_key: 'A'.repeat(52) })],
    [
      'names somebody else’s key',
      async () => sign(bob.keys, {}, { access_key: (await registered(url, 'carol')).keys.access_key_id }),
    ],
    [
      'names the refresh token as its key',
      async () => sign(bob.keys, {}, { access_key: bob.keys.refresh_token }),
    ],
    ['carries a list for claims', async () => sign(bob.keys, [])],
    ['carries nothing for claims', async () => sign(bob.keys, null)],
    ['demands what nobody knows', async () => sign(bob.keys, {}, { crit: ['magic'], magic: true })],
    ['is one of our API', async () => (await server.signUp(freshName('native'))).accessToken],
  ])('do not let in a token that %s', async (_what, make) => {
    const { status, body } = await withToken(await make());
    expect([status, body]).toEqual([401, UNAUTHENTICATED]);
    expect((await withToken(bob.token)).status).toBe(200);
  });

  it('are several for one person, who gives back one at a time', async () => {
    const [desk, phone] = [await signedIn(url, bob.username), await signedIn(url, bob.username)];
    const socket = await desk.connect();
    const gone = await ask('DELETE', `${url}/api/auth_token`, { form: { access_token: desk.token } });
    expect([gone.status, gone.body.data]).toEqual([200, []]);
    await socket.closed;
    expect((await desk.get('/api/inbox')).status).toBe(401);
    expect(
      (await ask('DELETE', `${url}/api/auth_token`, { form: { access_token: desk.token } })).status,
    ).toBe(401);
    for (const client of [phone, bob]) expect((await client.get('/api/inbox')).status).toBe(200);
  });

  it.each(['POST', 'PUT'])('are renewed with %s by a refresh token, once', async (method) => {
    const old = await signedIn(url, bob.username);
    const again = { form: { refresh_token: old.keys.refresh_token } };
    const renewed = await ask(method, `${url}/api/auth_token`, again);
    expect(renewed.body).toMatchObject({ status: 'success', current_page: 1 });
    const keys: Keys = renewed.body.data[0];
    expect(Date.parse(keys.expires_at) - Date.parse(keys.created_at)).toBe(30 * 24 * 60 * 60 * 1_000);
    expect((await clientWith(url, bob.username, keys).get('/api/inbox')).status).toBe(200);
    expect((await old.get('/api/inbox')).status).toBe(401);
    const second = await ask(method, `${url}/api/auth_token`, again);
    expect([second.status, second.body]).toEqual([401, UNAUTHENTICATED]);
    expect((await clientWith(url, bob.username, keys).get('/api/inbox')).status).toBe(200);
  });

  it('are renewed for one of two who come with the same refresh token', async () => {
    const { keys } = await signedIn(url, bob.username);
    const again = { form: { refresh_token: keys.refresh_token } };
    const both = await Promise.all([1, 2].map(() => ask('PUT', `${url}/api/auth_token`, again)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it.each([
    ['nothing', '', 400, { refresh_token: 'is required' }],
    ['an unknown token', 'A'.repeat(52), 401, { error: 'Unauthenticated' }],
    ['a token that is too long to be one', 'x'.repeat(5_000), 401, { error: 'Unauthenticated' }],
  ])('are not renewed by %s', async (_what, token, status, errors) => {
    const answer = await ask('PUT', `${url}/api/auth_token`, { form: { refresh_token: token } });
    expect([answer.status, answer.body.error.errors]).toEqual([status, errors]);
  });

  it('are refused to a wrong password as to an unknown name', async () => {
    for (const [username, password] of [
      [bob.username, 'something else'],
      [freshName('nobody'), bob.password],
      ['x'.repeat(300), bob.password],
      ['nul\0', bob.password],
    ]) {
      const answer = await ask('POST', `${url}/api/auth_token`, {
        form: { username: username!, password: password! },
      });
      expect([answer.status, answer.body]).toEqual([401, UNAUTHENTICATED]);
    }
    const answer = await ask('POST', `${url}/api/auth_token`, { form: { username: ' ' } });
    expect([answer.status, answer.body.error]).toEqual([
      400,
      { code: 400, errors: { password: 'is required' }, message: 'Form error' },
    ]);
    expect((await signedIn(url, ` ${bob.username.toUpperCase()} `, ` ${bob.password} `)).token).toBeDefined();
  });

  it('are sessions like all others, with the number that the client gave itself', async () => {
    const fields = form(freshName('alice'));
    await ask('POST', `${url}/api/register`, { form: fields, headers: { ClientID: '42' } });
    const credentials = { username: fields.username, password: fields.password };
    const native = (await server.api('POST', '/sessions', credentials)).body;
    const { api } = personOf(server.url, native);
    const { keys } = await signedIn(url, fields.username!, fields.password);
    const { items } = (await api('GET', '/sessions')).body;
    expect(items.map(({ device }: { device: string }) => device)).toEqual([
      'chatable',
      '',
      'chatable, client 42',
    ]);
    const client = clientWith(url, fields.username!, keys);
    const socket = await client.connect();
    expect((await api('DELETE', `/sessions/${items[0].id}`)).status).toBe(204);
    await socket.closed;
    expect((await client.get('/api/inbox')).status).toBe(401);
    const refresh = { form: { refresh_token: keys.refresh_token } };
    expect((await ask('PUT', `${url}/api/auth_token`, refresh)).status).toBe(401);
  });

  it('are not for who has a second factor, and who is suspended', async () => {
    const carol = await server.signUp(freshName('carol'));
    const credentials = { form: { username: carol.username, password: PASSWORD } };
    expect((await ask('POST', `${url}/api/auth_token`, credentials)).status).toBe(200);
    const root = await server.signUp('root');
    await root.api('PUT', `/admin/users/${carol.id}/suspension`, { note: 'for this test' });
    const suspended = await ask('POST', `${url}/api/auth_token`, credentials);
    expect([suspended.status, suspended.body]).toEqual([
      403,
      expect.objectContaining({ status: 'fail', data: [] }),
    ]);

    const dave = await server.signUp(freshName('dave'));
    await guard(dave);
    const guarded = await ask('POST', `${url}/api/auth_token`, {
      form: { username: dave.username, password: PASSWORD },
    });
    expect([guarded.status, guarded.body.error.message, guarded.body.data]).toEqual([
      401,
      'Authentication error',
      [],
    ]);
    expect(guarded.body.error.errors.error).toContain('second');
  });
});
