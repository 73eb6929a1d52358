import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { personOf } from '../support/cast.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { apiOf } from '../support/server.ts';
import { type ServerProcess, startProcess } from '../support/server-process.ts';

const PASSWORD = 'correct horse battery';
const NEXT_PASSWORD = 'staple horse battery';
const WRONG_PASSWORD = 'wrong horse battery';
const TEXT = 'what alice tells bob is nobody else’s business';

describe('the log, at its most talkative', () => {
  let dataDir: string;
  let postgres: Postgres;
  let server: ServerProcess;
  const secrets = new Set([PASSWORD, NEXT_PASSWORD, WRONG_PASSWORD, TEXT, 'alice@example.org']);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parlour-logs-'));
    postgres = await startPostgres({ fsync: false });
    const jwtSecret = 'a secret of thirty-two bytes or more';
    secrets.add(jwtSecret);
    server = await startProcess({
      DATA_DIR: dataDir,
      DATABASE_URL: await postgres.createDatabase('logs'),
      JWT_SECRET: jwtSecret,
      LOG_LEVEL: 'trace',
      ADMINS: 'alice',
    });
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Everything that a person holds, and nobody else may see. */
  const keep = (signedIn: { accessToken: string; refreshToken: string; deviceToken: string }): void => {
    for (const token of [signedIn.accessToken, signedIn.refreshToken, signedIn.deviceToken]) {
      secrets.add(token);
      // A part of it would be enough to be worried.
      secrets.add(token.slice(-20));
    }
  };
  const form = (path: string, fields: Record<string, string>) =>
    fetch(server.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

  it('holds no password, token, address or text, whatever happens', { timeout: 120_000 }, async () => {
    const api = apiOf(server.url);
    const account = { username: 'alice', password: PASSWORD, email: 'alice@example.org' };
    const { body: signedUp } = await api('POST', '/accounts', account);
    const { body: bob } = await api('POST', '/accounts/guest', { username: 'bob' });
    for (const each of [signedUp, bob]) keep(each);

    // Signing in, rightly, wrongly and halfway.
    await api('POST', '/sessions', { username: 'alice', password: WRONG_PASSWORD });
    await api('POST', '/sessions', { username: 'alice', password: [PASSWORD] });
    await fetch(`${server.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"username":"alice","password":"${PASSWORD}`,
    });
    const { body: signedIn } = await api('POST', '/sessions', account);
    keep(signedIn);
    const { body: refreshed } = await api('POST', '/sessions/refresh', {
      refreshToken: signedIn.refreshToken,
    });
    keep(refreshed);
    const { body: refreshedAgain } = await api('POST', '/sessions/refresh', {
      refreshToken: refreshed.refreshToken,
    });
    keep(refreshedAgain);

    // What is written for security's sake.
    for (const typed of ['in the wrong field', 'wrong@example.org']) {
      secrets.add(typed);
      await api('POST', '/sessions', { username: typed, password: WRONG_PASSWORD });
    }
    await api('POST', '/sessions/refresh', { refreshToken: signedIn.refreshToken });
    await apiOf(server.url, refreshedAgain.accessToken)('GET', '/me');
    await apiOf(server.url, bob.accessToken)('GET', '/admin/users?query=query-secret');
    await apiOf(server.url, signedUp.accessToken)('POST', '/password/change', {
      password: WRONG_PASSWORD,
      newPassword: NEXT_PASSWORD,
    });
    const codes = { email: account.email, code: '135791' };
    secrets.add(codes.code);
    await api('POST', '/sessions/passcode', codes);
    const admin = await form('/monitor/sign-in', { username: 'alice', password: PASSWORD });
    const cookie = admin.headers.getSetCookie()[0]!.split(';')[0]!;
    secrets.add(cookie.split('=')[1]!);
    await fetch(`${server.url}/monitor/api`, { headers: { cookie } });
    await form('/monitor/sign-in', { username: 'alice', password: WRONG_PASSWORD });

    // Links in mails.
    await api('POST', '/password/forgot', { email: account.email });
    await mailTo({ dataDir }, account.email, 2);
    for (const { token } of await allMails({ dataDir })) {
      secrets.add(token);
      await fetch(`${server.url}/email/verify?token=${token}`);
      await api('POST', '/email/verify', { token });
      await fetch(`${server.url}/password/reset?token=${token}`);
      await api('POST', '/password/reset', { token, password: NEXT_PASSWORD });
    }
    const { body: again } = await api('POST', '/sessions', { username: 'alice', password: NEXT_PASSWORD });
    keep(again);

    // Rooms: their sockets carry tokens in the address.
    const alice = personOf(server.url, again);
    const dialog = await alice.join('dialog', { userId: bob.user.id });
    secrets.add(dialog.room.reconnectionToken.split(':').at(-1)!);
    await dialog.request('send', { text: TEXT });
    await expect(dialog.request('send', { text: TEXT, clientId: {} })).rejects.toThrow();
    await expect(dialog.request('edit', { seq: 99, text: TEXT })).rejects.toThrow();
    dialog.room.sendBytes('send', new TextEncoder().encode(TEXT));
    const seats = new URL(dialog.room.connection.url!);
    const { sessionId } = Object.fromEntries(seats.searchParams);
    for (const path of [seats.pathname, '/nowhere/at-all', '/nowhere']) {
      secrets.add('query-secret');
      const query = `sessionId=${sessionId}&_authToken=${again.accessToken}&reconnectionToken=query-secret`;
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}?${query}`);
      await new Promise((resolve) => {
        socket.once('error', () => {});
        socket.once('close', resolve);
      });
    }

    // Nothing works any more, and everything complains.
    await postgres.stop();
    await expect(dialog.request('send', { text: TEXT })).rejects.toThrow();
    await expect(dialog.request('edit', { seq: 1, text: TEXT })).rejects.toThrow();
    expect((await api('POST', '/sessions', account)).status).toBe(503);
    expect((await api('POST', '/accounts', { ...account, username: 'carol' })).status).toBe(503);
    expect((await api('POST', '/sessions/refresh', { refreshToken: again.refreshToken })).status).toBe(503);
    expect(
      (await alice.api('POST', '/password/change', { password: PASSWORD, newPassword: PASSWORD })).status,
    ).toBe(503);
    await expect(alice.client.joinOrCreate('inbox')).rejects.toThrow();
    dialog.room.reconnection.enabled = false;
    await server.stop();

    const log = server.output();
    expect(log).toContain('"path":"/api/v1/sessions"');
    expect(log).toContain(`"path":"${seats.pathname}"`);
    expect(log).toContain('"msg":"matchmaking failed"');
    expect(log).toContain('ChatError: no such message');
    const events = [
      ...['sign-up', 'sign-in', 'sign-in-refused', 'session-reused', 'sessions-ended', 'token-refused'],
      ...['forbidden', 'proof-refused', 'mail-code-refused', 'password-changed', 'email-changed'],
    ];
    expect(events.filter((event) => !log.includes(`"event":"${event}"`))).toEqual([]);
    expect(log).not.toContain('"msg":""');
    expect(secrets.size).toBeGreaterThan(20);
    expect([...secrets].filter((secret) => log.includes(secret))).toEqual([]);
    expect(log).not.toMatch(/sessionId=|_authToken|token=/);
  });
});
