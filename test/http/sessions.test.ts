import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

const signIn = (username: string, password = PASSWORD, device = '') =>
  server.api('POST', '/sessions', { username, password, device });
const refresh = (refreshToken: string) => server.api('POST', '/sessions/refresh', { refreshToken });

describe('signing in', () => {
  it('works with the username or the email, in any case', async () => {
    await server.signUp('alice', { email: 'alice@example.org' });
    for (const name of ['alice', 'ALICE', 'Alice@Example.org']) {
      const { status, body } = await signIn(name);
      expect([status, body.user?.username]).toEqual([201, 'alice']);
    }
  });

  it('answers unknown and wrong alike', async () => {
    await server.signUp('bob');
    const wrong = await signIn('bob', 'wrong horse battery');
    const unknown = await signIn('nobody', 'wrong horse battery');
    const impossible = await signIn('no\0body', 'x');
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.code).toBe('wrong_credentials');
    expect(unknown).toMatchObject({ status: 401, body: wrong.body });
    expect(impossible).toMatchObject({ status: 401, body: wrong.body });
  });
});

describe('a refresh token', () => {
  it('works once and answers the next pair', async () => {
    const carol = await server.signUp('carol');
    const second = await refresh(carol.refreshToken);
    expect(second.status).toBe(200);
    const third = await refresh(second.body.refreshToken);
    expect(third.status).toBe(200);
    expect((await apiOf(server.url, third.body.accessToken)('GET', '/me')).body.username).toBe('carol');
  });

  it('ends the session when it comes a second time', async () => {
    const dave = await server.signUp('dave');
    const { body } = await refresh(dave.refreshToken);
    const daveNow = apiOf(server.url, body.accessToken);
    expect((await daveNow('GET', '/me')).status).toBe(200);
    expect((await refresh(dave.refreshToken)).status).toBe(401);
    expect((await daveNow('GET', '/me')).status).toBe(401);
    expect((await refresh(body.refreshToken)).status).toBe(401);
  });

  it('is used by one of two who try at the same moment, and the session ends for both', async () => {
    const erin = await server.signUp('erin');
    const answers = await Promise.all([refresh(erin.refreshToken), refresh(erin.refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await erin.api('GET', '/me')).status).toBe(401);
  });

  it('is nothing when it was never given out', async () => {
    const { status, body } = await refresh('made-up');
    expect([status, body.error.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('the sessions of a person', () => {
  it('are listed newest first, page by page, with the one that asks marked', async () => {
    const frank = await server.signUp('frank', { device: 'desk' });
    await signIn('frank', PASSWORD, 'phone');
    const first = await frank.api('GET', '/sessions?limit=1');
    const second = await frank.api('GET', `/sessions?limit=1&cursor=${first.body.next}`);
    expect(first.body.items).toMatchObject([{ device: 'phone', current: false }]);
    expect(second.body).toMatchObject({ items: [{ device: 'desk', current: true }], next: null });
    expect(JSON.stringify(first.body)).not.toMatch(/hash/i);
  });

  it('end one by one, and only by their owner', async () => {
    const grace = await server.signUp('grace');
    const heidi = await server.signUp('heidi');
    const phone = apiOf(server.url, (await signIn('grace', PASSWORD, 'phone')).body.accessToken);
    const { items } = (await grace.api('GET', '/sessions')).body;
    const { id } = items.find((session: { device: string }) => session.device === 'phone');
    expect((await heidi.api('DELETE', `/sessions/${id}`)).status).toBe(404);
    expect((await phone('GET', '/me')).status).toBe(200);
    expect((await grace.api('DELETE', `/sessions/${id}`)).status).toBe(204);
    expect((await phone('GET', '/me')).status).toBe(401);
    expect((await grace.api('DELETE', `/sessions/${id}`)).status).toBe(404);
    expect((await grace.api('GET', '/me')).status).toBe(200);
  });

  it('end by signing out, with their refresh token', async () => {
    const ivan = await server.signUp('ivan');
    expect((await ivan.api('DELETE', '/sessions/current')).status).toBe(204);
    expect((await ivan.api('GET', '/me')).status).toBe(401);
    expect((await refresh(ivan.refreshToken)).status).toBe(401);
  });
});

describe('an access token', () => {
  it('is refused when a letter of it was changed', async () => {
    const judy = await server.signUp('judy');
    const [header, payload, signature = ''] = judy.accessToken.split('.');
    const changed = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    expect((await apiOf(server.url, `${header}.${payload}.${signature}`)('GET', '/me')).status).toBe(200);
    expect((await apiOf(server.url, `${header}.${payload}.${changed}`)('GET', '/me')).status).toBe(401);
  });

  it('is refused unsigned', async () => {
    const kim = await server.signUp('kim');
    const [, payload] = kim.accessToken.split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await apiOf(server.url, `${header}.${payload}.`)('GET', '/me')).status).toBe(401);
  });
});
