import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { admins: ['Root'] } });
}, 60_000);
afterAll(() => server.stop());

describe('signing up', () => {
  it('answers the account and tokens that work', async () => {
    const { status, body } = await server.api('POST', '/accounts', { username: 'alice', password: PASSWORD });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      user: { username: 'alice', displayName: 'alice', guest: false },
      expiresIn: 900,
    });
    expect(JSON.stringify(body)).not.toContain('argon2');
    const me = await fetch(`${server.url}/api/v1/me`, {
      headers: { Authorization: `Bearer ${body.accessToken}` },
    });
    expect(await me.json()).toEqual(body.user);
  });

  it('gives a name to one person only, whatever its case', async () => {
    await server.signUp('Éve');
    const name = await server.api('POST', '/accounts', { username: 'éVE', password: PASSWORD });
    expect([name.status, name.body.error.code]).toEqual([409, 'username_taken']);
  });

  it('lets one of two win who want the same name at the same moment', async () => {
    const ask = () => server.api('POST', '/accounts', { username: 'racer', password: PASSWORD });
    const statuses = (await Promise.all([ask(), ask(), ask()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });

  it.each([
    ['an @ in the name', { username: 'a@b' }],
    ['a name of one letter', { username: 'a' }],
    ['a name of marks', { username: '..' }],
    ['a short password', { password: 'seven77' }],
    ['a NUL in the display name', { displayName: 'a\0b' }],
    ['half a surrogate pair', { displayName: '\ud83d' }],
    ['no email', { email: 'nowhere' }],
    ['a number for a name', { username: 12345 }],
  ])('refuses %s and says where', async (_, wrong) => {
    const { status, body } = await server.api('POST', '/accounts', {
      username: 'bob',
      password: PASSWORD,
      ...wrong,
    });
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
    expect(body.error.details[0].path).toBe(Object.keys(wrong)[0]);
  });

  it('makes those admins whom the configuration names', async () => {
    const root = await server.signUp('root');
    const bob = await server.signUp('bob');
    expect((await root.api('GET', '/me')).body.admin).toBe(true);
    expect((await bob.api('GET', '/me')).body.admin).toBe(false);
  });
});

describe('a guest', () => {
  it('gets a name of its own and can do what others do', async () => {
    const { status, body } = await server.api('POST', '/accounts/guest', {});
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ guest: true, username: expect.stringMatching(/^guest-/) });
  });

  it('cannot be signed in to, for there is no password', async () => {
    await server.api('POST', '/accounts/guest', { username: 'visitor' });
    const { status, body } = await server.api('POST', '/sessions', { username: 'visitor', password: '' });
    expect([status, body.error.code]).toEqual([401, 'wrong_credentials']);
  });
});

describe('a profile', () => {
  it('changes its names, but not to what somebody else has', async () => {
    const dave = await server.signUp('dave');
    await server.signUp('erin');
    const changed = await dave.api('PATCH', '/me', { displayName: 'Dave D.', username: 'Dave' });
    expect(changed.body).toMatchObject({ username: 'Dave', displayName: 'Dave D.' });
    const refused = await dave.api('PATCH', '/me', { username: 'ERIN' });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'username_taken']);
    expect((await dave.api('GET', '/me')).body.username).toBe('Dave');
  });
});

describe('finding people', () => {
  it('goes by how either name begins, page by page', async () => {
    const carol = await server.signUp('carol', { displayName: 'Xenia' });
    await server.signUp('xaver');
    await server.signUp('x100', { email: 'find-me@example.org' });
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const { body } = await carol.api('GET', `/users?query=X&limit=1${cursor}`);
      names.push(...body.items.map((user: { username: string }) => user.username));
      next = body.next;
    }
    expect(names).toEqual(['carol', 'x100', 'xaver']);
    const byEmail = await carol.api('GET', '/users?query=find-me');
    expect(byEmail.body).toEqual({ items: [], next: null });
  });

  it('takes % and _ for what they are', async () => {
    const frank = await server.signUp('frank_1');
    const found = async (query: string) =>
      (await frank.api('GET', `/users?query=${encodeURIComponent(query)}`)).body.items.length;
    expect(await found('frank_')).toBe(1);
    expect(await found('fran__')).toBe(0);
    expect(await found('%')).toBe(0);
  });

  it('is for those who are signed in', async () => {
    const grace = await server.signUp('grace');
    expect((await grace.api('GET', `/users/${grace.id}`)).body.username).toBe('grace');
    expect((await server.api('GET', `/users/${grace.id}`)).status).toBe(401);
    expect((await grace.api('GET', `/users/${crypto.randomUUID()}`)).status).toBe(404);
  });

  it('refuses a cursor that is not ours', async () => {
    const heidi = await server.signUp('heidi');
    const { status, body } = await heidi.api('GET', '/users?query=a&cursor=e30');
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
  });
});
