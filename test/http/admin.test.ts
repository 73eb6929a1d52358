import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Api, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('the admin API', () => {
  let server: TestServer;
  let root: Person;
  let alice: Person;
  let bob: Person;
  let people = 0;

  beforeAll(async () => {
    // A real PostgreSQL: some of this is about transactions at the same moment.
    server = await startTestServer({
      config: { admins: ['root'] },
    });
    root = await server.signUp('root');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`, { email: `alice${people}@example.org` });
    bob = await server.signUp(`bob${people}`);
  });

  const userPath = (person: Person, rest = '') => `/admin/users/${person.id}${rest}`;
  const auditOf = async (person: Person) =>
    (await root.api('GET', `/admin/audit?userId=${person.id}`)).body.items;

  it('is for admins: others get 403 and strangers 401, on every route', async () => {
    const { paths } = (await server.api('GET', '/openapi.json')).body;
    const operations = Object.entries<object>(paths)
      .filter(([path]) => path.startsWith('/admin/'))
      .flatMap(([path, item]) => Object.keys(item).map((method) => [method.toUpperCase(), path] as const));
    expect(operations.length).toBeGreaterThan(10);
    for (const [method, path] of operations) {
      const url = path.replaceAll(/\{[^}]+\}/g, bob.id);
      const body = method === 'GET' ? undefined : {};
      expect([method, url, await alice.api(method, url, body)]).toMatchObject([
        method,
        url,
        refusal(403, 'forbidden'),
      ]);
      expect([method, url, await server.api(method, url, body)]).toMatchObject([
        method,
        url,
        refusal(401, 'unauthenticated'),
      ]);
    }
    expect((await bob.api('GET', '/me')).body).toMatchObject({ username: bob.username, admin: false });
    expect(await auditOf(bob)).toEqual([]);
  });

  it('finds people by how their names begin and by their whole address, page by page', async () => {
    const find = async (query: string) => (await root.api('GET', `/admin/users?${query}`)).body;
    const names = (found: { items: { username: string }[] }) => found.items.map(({ username }) => username);
    expect(names(await find(`query=ALICE${people}`))).toEqual([alice.username]);
    expect(names(await find(`query=alice${people}@example.org`))).toEqual([alice.username]);
    expect(names(await find(`query=alice${people}@example`))).toEqual([]);
    const first = await find('limit=1');
    expect(names(first)).toEqual([bob.username]);
    expect(names(await find(`limit=1&cursor=${first.next}`))).toEqual([alice.username]);
    expect(names(await find('state=admin'))).toContain('root');
    expect(names(await find('query=%25'))).toEqual([]);
  });

  it('shows an account with its address, and nothing to sign in with', async () => {
    const { status, body } = await root.api('GET', userPath(alice));
    expect([status, body]).toMatchObject([
      200,
      { email: `alice${people}@example.org`, verified: false, suspendedAt: null, deletedAt: null },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/hash|argon/i);
    const nobody = '6c6be800-ddd6-4e41-831b-34890ac98f15';
    expect(await root.api('GET', `/admin/users/${nobody}`)).toMatchObject(refusal(404, 'not_found'));
  });

  it('verifies an address, if there is one', async () => {
    expect(await root.api('PUT', userPath(bob, '/verification'))).toMatchObject(refusal(409, 'conflict'));
    expect((await root.api('PUT', userPath(alice, '/verification'))).body.verified).toBe(true);
    expect((await alice.api('GET', '/me')).body.verified).toBe(true);
  });

  it('makes admins, and makes them none again, at once', async () => {
    expect((await alice.api('GET', '/admin/audit')).status).toBe(403);
    expect((await root.api('PUT', userPath(alice, '/admin'))).body.admin).toBe(true);
    expect((await alice.api('GET', '/admin/audit')).status).toBe(200);
    expect((await root.api('DELETE', userPath(alice, '/admin'))).body.admin).toBe(false);
    expect((await alice.api('GET', '/admin/audit')).status).toBe(403);
  });

  it('makes no admin of a guest', async () => {
    const guest = (await server.api('POST', '/accounts/guest', {})).body.user;
    expect(await root.api('PUT', `/admin/users/${guest.id}/admin`)).toMatchObject(refusal(409, 'conflict'));
  });

  it('lets no admin act on themselves, so that one is always left', async () => {
    const { items } = (await root.api('GET', '/sessions')).body;
    for (const [method, rest] of [
      ['DELETE', '/admin'],
      ['PUT', '/suspension'],
      ['DELETE', ''],
      ['DELETE', '/sessions'],
      ['DELETE', `/sessions/${items[0].id}`],
    ] as const)
      expect(await root.api(method, userPath(root, rest))).toMatchObject(refusal(409, 'conflict'));
    expect((await root.api('GET', '/me')).body.admin).toBe(true);
  });

  it('leaves one of two who take each other’s office at the same moment', async () => {
    for (const person of [alice, bob]) await root.api('PUT', userPath(person, '/admin'));
    const answers = await Promise.all([
      alice.api('DELETE', userPath(bob, '/admin')),
      bob.api('DELETE', userPath(alice, '/admin')),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('writes down who did what to whom, when, from where and why', async () => {
    await root.api('PUT', userPath(alice, '/suspension'), { note: 'spam' });
    await root.api('DELETE', userPath(alice, '/suspension'));
    expect(await auditOf(alice)).toMatchObject([
      { action: 'unsuspend', note: '' },
      {
        action: 'suspend',
        admin: { id: root.id, username: 'root' },
        user: { id: alice.id, username: alice.username },
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        address: expect.stringMatching(/127\.0\.0\.1$/),
        note: 'spam',
      },
    ]);
    const first = (await root.api('GET', '/admin/audit?limit=1')).body;
    const second = (await root.api('GET', `/admin/audit?limit=1&cursor=${first.next}`)).body;
    expect([first.items[0].action, second.items[0].action]).toEqual(['unsuspend', 'suspend']);
    expect((await root.api('GET', `/admin/audit?adminId=${alice.id}`)).body.items).toEqual([]);
  });

  it('writes nothing down about what was refused, and changes nothing', async () => {
    const bad = { note: 'x'.repeat(501) };
    expect((await root.api('PUT', userPath(alice, '/suspension'), bad)).status).toBe(400);
    expect((await root.api('PUT', userPath(bob, '/verification'))).status).toBe(409);
    expect([await auditOf(alice), await auditOf(bob)]).toEqual([[], []]);
    expect((await alice.api('GET', '/me')).status).toBe(200);
  });

  it('lists and ends the sessions of others', async () => {
    const signIn = { username: alice.username, password: PASSWORD, device: 'phone' };
    await server.api('POST', '/sessions', signIn);
    const list = async () => (await root.api('GET', userPath(alice, '/sessions'))).body.items;
    expect(await list()).toMatchObject([{ device: 'phone', current: false }, { device: '' }]);
    const end = (api: Api, id: string) => api('DELETE', userPath(alice, `/sessions/${id}`));
    const [phone] = await list();
    const [bobs] = (await bob.api('GET', '/sessions')).body.items;
    expect(await end(root.api, bobs.id)).toMatchObject(refusal(404, 'not_found'));
    expect((await end(root.api, phone.id)).status).toBe(204);
    expect(await list()).toMatchObject([{ device: '' }]);
    expect((await alice.api('GET', '/me')).status).toBe(200);
    expect((await root.api('DELETE', userPath(alice, '/sessions'))).status).toBe(204);
    expect((await alice.api('GET', '/me')).status).toBe(401);
    expect(await auditOf(alice)).toMatchObject([
      { action: 'end_all_sessions' },
      { action: 'end_session', sessionId: phone.id },
    ]);
    expect((await bob.api('GET', '/me')).status).toBe(200);
  });
});
