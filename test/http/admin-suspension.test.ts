import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('a suspended account', () => {
  let server: TestServer;
  let root: Person;
  let alice: Person;
  let bob: Person;
  let people = 0;

  beforeAll(async () => {
    server = await startTestServer({ config: { admins: ['root'] } });
    root = await server.signUp('root');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`);
    bob = await server.signUp(`bob${people}`);
  });

  const suspension = (method: 'PUT' | 'DELETE') => root.api(method, `/admin/users/${alice.id}/suspension`);
  const signIn = (password = PASSWORD) =>
    server.api('POST', '/sessions', { username: alice.username, password });

  it('is signed out everywhere within a second', async () => {
    const phone = (await signIn()).body;
    const inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    const room = await personOf(server.url, phone).join('dialog', { userId: bob.id });
    expect((await suspension('PUT')).body.suspendedAt).toMatch(/Z$/);
    const started = performance.now();
    expect(await Promise.all([inbox.left, room.left])).toEqual([4001, 4001]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await alice.api('GET', '/me')).toMatchObject(refusal(401, 'unauthenticated'));
    for (const { refreshToken } of [alice, phone])
      expect(await server.api('POST', '/sessions/refresh', { refreshToken })).toMatchObject(
        refusal(401, 'unauthenticated'),
      );
  });

  it('is told so at sign-in after the right password, and nobody else is', async () => {
    expect((await signIn()).status).toBe(201);
    await suspension('PUT');
    expect(await signIn()).toMatchObject(refusal(403, 'suspended'));
    const wrong = await signIn('wrong horse battery');
    expect(wrong).toMatchObject(refusal(401, 'wrong_credentials'));
    const form = new URLSearchParams({ username: alice.username, password: PASSWORD });
    const monitor = await fetch(`${server.url}/monitor/sign-in`, { method: 'POST', body: form });
    expect(monitor.status).toBe(403);
  });

  it('keeps what it said', async () => {
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    await alice.api('POST', `/conversations/${dialog}/messages`, { text: 'I was here' });
    await suspension('PUT');
    expect((await bob.api('GET', `/conversations/${dialog}/messages`)).body.items).toMatchObject([
      { text: 'I was here', senderId: alice.id },
    ]);
  });

  it('is no admin’s, and can be found', async () => {
    await root.api('PUT', `/admin/users/${alice.id}/admin`);
    await suspension('PUT');
    expect((await alice.api('GET', '/admin/audit')).status).toBe(401);
    const { items } = (await root.api('GET', `/admin/users?state=suspended&query=${alice.username}`)).body;
    expect(items).toMatchObject([{ id: alice.id }]);
  });

  it('works again when that is lifted, with new sessions', async () => {
    await suspension('PUT');
    expect((await suspension('DELETE')).body.suspendedAt).toBe(null);
    expect((await alice.api('GET', '/me')).status).toBe(401);
    const { status, body } = await signIn();
    expect([status, body.user.id]).toEqual([201, alice.id]);
  });
});
