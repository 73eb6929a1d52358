import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMovableClock, type MovableClock } from '../../support/movable-clock.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { PASSWORD, passcodeFor, passcodesTo, poster, signUp, tokenIn, verifyAddress } from './people.ts';

describe('the password of an account of GNW', () => {
  let database: MovableClock;
  let server: TestServer;
  let root: string;
  beforeAll(async () => {
    database = await createMovableClock();
    server = await startTestServer({ databaseUrl: database.databaseUrl });
    root = `${server.url}/gnw`;
  });
  afterAll(() => server.stop());

  const json = (path: string, fields: object, headers = {}) =>
    ask('POST', `${root}${path}`, { json: fields, headers });

  it('is replaced by a passcode from a mail, once, and every old token is nothing then', async () => {
    const alice = await signUp(root, 'alice');
    const { username } = alice;
    expect(await json('/send-passcode', { username })).toMatchObject({ status: 200, body: { status: 'ok' } });
    const code = await passcodeFor(server, alice.email);
    const soon = await json('/send-passcode', { username });
    expect([soon.status, Number(soon.headers.get('retry-after'))]).toEqual([429, expect.closeTo(58, -1)]);

    const change = (passcode: unknown, new_password = 'y') =>
      json('/change-password', { username, passcode, new_password });
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await change(wrong)).status).toBe(401);
    expect((await change(undefined)).status).toBe(401);
    const changed = await change(code);
    expect([changed.status, changed.body, changed.cookies]).toEqual([200, { status: 'ok' }, []]);
    expect((await change(code, 'z')).status).toBe(401);
    expect((await alice.post('/getContacts')).status).toBe(401);
    expect((await json('/login', { username, password: PASSWORD })).status).toBe(401);
    expect((await json('/login', { username, password: 'y' })).status).toBe(200);
  });

  it('is safe from guesses: a passcode is spent after five', async () => {
    const alice = await signUp(root, 'alice');
    const { username } = alice;
    await json('/send-passcode', { username });
    const code = await passcodeFor(server, alice.email);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1)
      await json('/change-password', { username, passcode: wrong, new_password: 'y' });
    expect((await json('/change-password', { username, passcode: code, new_password: 'y' })).status).toBe(
      401,
    );
  });

  it('is replaced by a token, and a new token comes with it', async () => {
    const alice = await signUp(root, 'alice');
    const { username, token } = alice;
    const other = await json('/login', { username, password: PASSWORD });
    const changed = await json('/change-password', { username, opaque_token: token, new_password: 'y' });
    expect([changed.status, changed.body]).toEqual([200, { status: 'ok' }]);
    for (const old of [token, tokenIn(other.cookies)])
      expect((await poster(root, old)('/getContacts')).status).toBe(401);
    expect((await poster(root, tokenIn(changed.cookies))('/getContacts')).status).toBe(200);
  });

  it('is kept from whoever finds a session that was left open, but not from its owner', async () => {
    const alice = await signUp(root, 'alice');
    const { username, token } = alice;
    await database.write(`update session set created_at = created_at - interval '10 minutes'
      where user_id = (select id from "user" where username = '${username}')`);
    const change = (fields = {}) =>
      json('/change-password', { username, opaque_token: token, new_password: 'y', ...fields });
    expect((await change()).status).toBe(401);
    await json('/send-passcode', { username });
    const changed = await change({ passcode: await passcodeFor(server, alice.email) });
    expect([changed.status, tokenIn(changed.cookies)]).toEqual([200, expect.stringMatching(/^[\w-]{43}$/)]);
    expect((await json('/login', { username, password: 'y' })).status).toBe(200);
  });

  it('is kept from whoever has another token, a wrong one, or only one of two proofs', async () => {
    const [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    const { username, token } = alice;
    const change = (fields: object, headers = {}) =>
      json('/change-password', { username, new_password: 'y', ...fields }, headers);
    expect((await change({ opaque_token: bob.token })).status).toBe(403);
    expect((await change({ opaque_token: 'made-up' })).status).toBe(401);
    expect((await change({ opaque_token: token, passcode: '123456' })).status).toBe(401);
    expect((await change({ opaque_token: token, new_password: '' })).status).toBe(400);
    expect((await change({ username: `nobody-${randomUUID()}`, opaque_token: token })).status).toBe(404);
    expect((await json('/login', { username, password: PASSWORD })).status).toBe(200);

    // A cookie that has died is not the client's to throw away, and must not stand in the way of the passcode.
    await json('/send-passcode', { username });
    const code = await passcodeFor(server, alice.email);
    expect((await change({ passcode: code, opaque_token: 'made-up' })).status).toBe(401);
    expect((await change({ passcode: code }, { Cookie: 'opaque_token=dead' })).status).toBe(200);
  });

  it('is not for an address that belongs to somebody else, which is not told either', async () => {
    const owner = await signUp(root, 'owner');
    await verifyAddress(server, owner);
    const claimant = await signUp(root, 'claimant', { email: owner.email });
    const sent = await json('/send-passcode', { username: claimant.username });
    expect([sent.status, sent.body]).toEqual([200, { status: 'ok' }]);
    expect((await json('/send-passcode', { username: claimant.username })).status).toBe(429);
    expect((await json('/send-passcode', { username: owner.username })).status).toBe(200);
    // The claimant's would have gone out before.
    await passcodeFor(server, owner.email);
    expect((await passcodesTo(server, owner.email)).map(({ text }) => text)).toEqual([
      expect.stringContaining(owner.username),
    ]);
    expect((await json('/send-passcode', { username: `nobody-${randomUUID()}` })).status).toBe(404);
  });
});
