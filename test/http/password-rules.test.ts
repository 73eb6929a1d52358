import { hash } from 'argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let database: MovableClock;
beforeAll(async () => {
  database = await createMovableClock();
  server = await startTestServer({ databaseUrl: database.databaseUrl });
});
afterAll(() => server.stop());

let people = 0;
const nameOf = (name: string) => `${name}${++people}`;
const signUp = (password: unknown, username = nameOf('alice'), email?: string) =>
  server.api('POST', '/accounts', { username, password, email });
const signIn = (username: string, password: string) =>
  server.api('POST', '/sessions', { username, password });
const refusal = (path: string, message: RegExp) => ({
  status: 400,
  body: {
    error: { code: 'bad_request', details: [{ path, message: expect.stringMatching(message) }] },
  },
});

describe('a new password', () => {
  it.each([
    ['eight characters', 'abcdefgh'.split('').reverse().join('')],
    ['eight that are two units each', '🐎🔋🖇️🐴🐑🐖🐄'],
    ['256 characters', 'ab'.repeat(128)],
    ['256 that are two units each', '🐎'.repeat(256)],
    ['letters only', 'qzjxkvwy'],
    ['spaces', 'a b c d '],
    ['a common one with something to it', 'password in a hat'],
  ])('may be %s', async (_case, password) => {
    const username = nameOf('alice');
    expect((await signUp(password, username)).status).toBe(201);
    expect((await signIn(username, password)).status).toBe(201);
    expect((await signIn(username, `${password}x`)).status).toBe(401);
  });

  it.each([
    ['seven characters', 'seven77', /8 to 256/],
    ['seven that are two units each', '🐎'.repeat(7), /8 to 256/],
    ['eight that are seven once composed', 'e\u0301tudier', /8 to 256/],
    ['257 characters', 'a'.repeat(257), /8 to 256/],
    ['a page of text', 'a'.repeat(5_000), /./],
    ['half a surrogate pair', 'long enough \ud83d', /cannot be stored/],
    ['one of the most common', 'iloveyou1', /tried first/],
    ['one of the most common, with a capital letter', 'Sunshine', /tried first/],
  ])('may not be %s', async (_case, password, why) => {
    const { status, body } = await signUp(password);
    expect(status).toBe(400);
    expect(body.error.details[0]).toMatchObject({ path: 'password', message: expect.stringMatching(why) });
  });

  it('is not the name or the address of its owner', async () => {
    const username = nameOf('alice-in-town');
    const email = `the.real.${username}@example.org`;
    for (const password of [username, username.toUpperCase(), email, email.split('@')[0]])
      expect(await signUp(password, username, email)).toMatchObject(refusal('password', /your name/));
    expect((await signUp(`${username}, no other`, username, email)).status).toBe(201);
  });

  it('is held to the same wherever it is set', async () => {
    const alice = await server.signUp(nameOf('alice-at-home'));
    const change = (newPassword: string) =>
      alice.api('POST', '/password/change', { password: PASSWORD, newPassword });
    expect(await change('iloveyou')).toMatchObject(refusal('newPassword', /tried first/));
    expect(await change(alice.username)).toMatchObject(refusal('newPassword', /your name/));
    const reset = { token: 'made-up', password: 'iloveyou' };
    expect(await server.api('POST', '/password/reset', reset)).toMatchObject(
      refusal('password', /tried first/),
    );
    expect((await signIn(alice.username, PASSWORD)).status).toBe(201);
  });

  it('is the same however its accents were typed', async () => {
    const username = nameOf('alice');
    expect((await signUp('un \u00e9l\u00e8ve \u00e9tudie', username)).status).toBe(201);
    expect((await signIn(username, 'un e\u0301le\u0300ve e\u0301tudie')).status).toBe(201);
    expect((await signIn(username, 'un eleve etudie')).status).toBe(401);
  });
});

describe('the hash of a password', () => {
  const kept = async (username: string): Promise<string> => {
    const { rows } = await database.write(`select password_hash from "user" where username = '${username}'`);
    return rows[0].password_hash;
  };
  const keep = (username: string, passwordHash: string) =>
    database.write(`update "user" set password_hash = '${passwordHash}' where username = '${username}'`);
  const TODAY = /^\$argon2id\$v=19\$m=19456,p=1,t=2\$/;

  it('is argon2id at the costs that OWASP names', async () => {
    const alice = await server.signUp(nameOf('alice'));
    expect(await kept(alice.username)).toMatch(TODAY);
  });

  it('is made anew when somebody signs in whose costs are out of date', async () => {
    const alice = await server.signUp(nameOf('alice'));
    const outdated = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await keep(alice.username, outdated);
    expect((await signIn(alice.username, 'wrong horse battery')).status).toBe(401);
    expect(await kept(alice.username)).toBe(outdated);
    expect((await signIn(alice.username, PASSWORD)).status).toBe(201);
    const renewed = await kept(alice.username);
    expect(renewed).toMatch(TODAY);
    expect((await signIn(alice.username, PASSWORD)).status).toBe(201);
    expect(await kept(alice.username)).toBe(renewed);
  });

  it('lets its owner in although the password is common', async () => {
    const alice = await server.signUp(nameOf('alice'));
    await keep(alice.username, await hash('iloveyou', { memoryCost: 8_192, timeCost: 1 }));
    expect((await signIn(alice.username, 'iloveyou')).status).toBe(201);
  });
});
