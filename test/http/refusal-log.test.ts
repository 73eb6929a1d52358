import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_REFUSAL_ENTRIES } from '../../src/chat/limits.ts';
import { parseRates } from '../../src/chat/rates.ts';
import { personOf } from '../support/cast.ts';
import { KeptLog } from '../support/kept-log.ts';
import { apiOf, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const address = '127.0.0.1';
const sessionId = expect.stringMatching(/^[0-9a-f-]{36}$/);

let log: KeptLog;
let server: TestServer;
beforeAll(async () => {
  log = new KeptLog();
  server = await startTestServer({ log, config: { rates: parseRates('search.account=1/h') } });
});
afterAll(() => server.stop());

let people = 0;
function newcomer(name: string): Promise<Person> {
  people += 1;
  return server.signUp(`${name}${people}`);
}
const signIn = (username: string, password = PASSWORD) =>
  server.api('POST', '/sessions', { username, password });

describe('the log says who tries what they may not', () => {
  it('with a token that is made up, or of a session that has ended', async () => {
    const alice = await newcomer('alice');
    const { id: userId } = alice;
    const entry = { level: 'info', event: 'token-refused', purpose: 'access', address };
    const made = () => apiOf(server.url, 'made-up')('GET', '/me');
    expect(await log.of(made)).toMatchObject([entry]);
    await alice.api('DELETE', '/sessions/current');
    expect(await log.of(() => alice.api('GET', '/me'))).toMatchObject([{ ...entry, userId, sessionId }]);
    expect(await log.of(() => server.api('GET', '/me'))).toEqual([]);
  });

  it('with a refresh token that was used before, as a warning', async () => {
    const { id: userId, refreshToken } = await newcomer('alice');
    const refresh = (refreshToken: string) => server.api('POST', '/sessions/refresh', { refreshToken });
    const { body } = await refresh(refreshToken);
    expect(await log.of(() => refresh(body.refreshToken))).toEqual([]);
    expect(await log.of(() => refresh(refreshToken))).toMatchObject([
      { level: 'warn', event: 'session-reused', userId, sessionId, address },
      { event: 'sessions-ended', sessionIds: [sessionId] },
    ]);
    expect(await log.of(() => refresh('made-up'))).toMatchObject([
      { event: 'token-refused', purpose: 'refresh', address },
    ]);
  });

  it('over HTTP, by the pattern of the path', async () => {
    const { id: userId, api } = await newcomer('alice');
    expect(await log.of(() => api('GET', `/admin/users/${userId}`))).toMatchObject([
      {
        ...{ level: 'info', event: 'forbidden', reason: 'for admins only', method: 'GET' },
        ...{ userId, sessionId, address, path: expect.not.stringContaining(userId) },
      },
    ]);
  });

  it('in a room, but not what is only a mistake', async () => {
    const { body } = await signIn((await newcomer('alice')).username);
    const bob = await newcomer('bob');
    const alice = personOf(server.url, body);
    const dialog = await alice.join('dialog', { userId: bob.id });
    await bob.api('POST', `/conversations/${dialog.room.roomId}/messages`, { text: 'hello' });
    const edit = () => expect(dialog.request('edit', { seq: 1, text: 'other' })).rejects.toThrow();
    expect(await log.of(edit)).toMatchObject([
      { event: 'forbidden', request: 'edit', userId: alice.id, sessionId },
    ]);
    const mistaken = () => expect(dialog.request('edit', { seq: 99, text: 'other' })).rejects.toThrow();
    expect(await log.of(mistaken)).toEqual([]);
    dialog.room.leave();
    await dialog.left;
  });

  it('on a page of another site, by a seat and by a socket', async () => {
    const headers = { Origin: 'https://evil.example' };
    const entry = { level: 'info', event: 'forbidden', reason: 'not from another site', address };
    const seat = () => fetch(`${server.url}/matchmake/joinOrCreate/inbox`, { method: 'POST', headers });
    expect(await log.of(seat)).toMatchObject([entry]);
    for (const path of ['/process/room?sessionId=1', '/gmessenger/chats/ws']) {
      const dial = () =>
        new Promise((resolve) => {
          const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
          socket.once('error', resolve);
        });
      expect(await log.of(dial)).toMatchObject([entry]);
    }
  });

  it('too often', async () => {
    const { id: userId, api } = await newcomer('alice');
    await api('GET', '/users?query=bob');
    expect(await log.of(() => api('GET', '/users?query=bob'))).toMatchObject([
      { level: 'info', event: 'rate-limited', rate: 'search', userId, sessionId, address },
    ]);
  });

  it('and too often to sign in, as a warning', async () => {
    const { id: userId, username } = await newcomer('alice');
    const guess = async (): Promise<void> => {
      if ((await signIn(username, 'wrong')).status !== 429) await guess();
    };
    expect((await log.of(guess)).at(-1)).toMatchObject({
      ...{ level: 'warn', event: 'sign-in-refused', reason: 'rate_limited', way: 'password' },
      ...{ userId, address },
    });
  });

  it('and does not let a stranger fill the disk', async () => {
    const knock = () => apiOf(server.url, 'made-up')('GET', '/me');
    const flood = () => Promise.all(Array.from({ length: MAX_REFUSAL_ENTRIES + 10 }, knock));
    expect((await log.of(flood)).length).toBeLessThanOrEqual(MAX_REFUSAL_ENTRIES);
    const stopped = await log.of(() => server.stop());
    expect(stopped).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'token-refused', leftOut: expect.any(Number) }),
    );
  });
});
