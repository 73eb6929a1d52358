import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

const TOKEN = 'a-token-for-the-measurements-of-this-test';

describe('the measurements', () => {
  let server: TestServer;
  let root: Person;
  let alice: Person;

  beforeAll(async () => {
    server = await startTestServer({ config: { admins: ['root'], metricsToken: TOKEN } });
    root = await server.signUp('root');
    alice = await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const ask = (token?: string, path = '/metrics') =>
    fetch(server.url + path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });

  it('are for admins and for who has the token, wherever they ask from', async () => {
    for (const path of ['/metrics', '/api/v1/metrics']) {
      for (const token of [TOKEN, root.accessToken]) {
        const answer = await ask(token, path);
        expect([answer.status, await answer.text()]).toEqual([
          200,
          expect.stringContaining('parlour_rooms '),
        ]);
      }
      for (const token of [undefined, `${TOKEN}x`, 'x']) expect((await ask(token, path)).status).toBe(401);
      expect((await ask(alice.accessToken, path)).status).toBe(403);
    }
  });

  it('are opened by no token where none is set', async () => {
    await server.stop();
    server = await startTestServer({ config: { admins: ['root'] } });
    for (const token of [undefined, '', 'undefined', TOKEN]) expect((await ask(token)).status).toBe(401);
    root = await server.signUp('root');
    expect((await ask(root.accessToken)).status).toBe(200);
  });
});

describe('security.txt', () => {
  it('says whom to tell, until when, where that is configured', async () => {
    const config = { securityContact: 'mailto:security@example.org' };
    const server = await startTestServer({ config });
    const answer = await fetch(`${server.url}/.well-known/security.txt`);
    const [, expires = ''] = /^Expires: (.*)$/m.exec(await answer.clone().text()) ?? [];
    await server.stop();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^Contact: mailto:security@example\.org$/m);
    const days = (new Date(expires).getTime() - Date.now()) / 86_400_000;
    expect([days > 30, days < 365]).toEqual([true, true]);
  });

  it('is not there otherwise', async () => {
    const server = await startTestServer();
    const { status } = await fetch(`${server.url}/.well-known/security.txt`);
    await server.stop();
    expect(status).toBe(404);
  });
});
