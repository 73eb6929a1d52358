import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allMails, mailTo } from '../support/mailbox.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const NEW_PASSWORD = 'another horse battery';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

let people = 0;
async function newcomer(name: string, device = 'desk') {
  people += 1;
  const email = `${name}${people}@example.org`;
  const person = await server.signUp(`${name}${people}`, { email, device });
  return { ...person, email, mail: await mailTo(server, email) };
}
async function verified(name: string, device?: string) {
  const person = await newcomer(name, device);
  await server.api('POST', '/email/verify', { token: person.mail.token });
  return person;
}
const signIn = (person: { username: string; password: string }, device: string) =>
  server.api('POST', '/sessions', { username: person.username, password: person.password, device });
/** Somebody else signs up meanwhile, which takes longer than a mail does: whatever was to come has come. */
async function subjectsTo(email: string): Promise<string[]> {
  const last = await newcomer('last');
  expect(last.mail.subject).toBe('Is this your email address?');
  return (await allMails(server)).filter(({ to }) => to === email).map(({ subject }) => subject);
}
const VERIFY = 'Is this your email address?';
const RESET = 'A new password';
const CHANGED = 'Your password was changed';
const DEVICE = 'A new device signed in';

describe('a change of the password', () => {
  it('is told to the proven address', async () => {
    const alice = await verified('alice');
    const change = { password: alice.password, newPassword: NEW_PASSWORD };
    expect((await alice.api('POST', '/password/change', change)).status).toBe(204);
    const notice = await mailTo(server, alice.email, 2);
    expect(notice.subject).toBe(CHANGED);
    expect(notice.text).toContain(alice.username);
    expect(notice.text).not.toContain(NEW_PASSWORD);
  });

  it('is told when it was reset, too', async () => {
    const bob = await newcomer('bob');
    await server.api('POST', '/password/forgot', { email: bob.email });
    const { token } = await mailTo(server, bob.email, 2);
    const reset = { token, password: NEW_PASSWORD };
    expect((await server.api('POST', '/password/reset', reset)).status).toBe(204);
    expect((await mailTo(server, bob.email, 3)).subject).toBe(CHANGED);
  });

  it('is told to nobody when it was refused, or when the address is unproven', async () => {
    const [alice, bob] = [await verified('alice'), await newcomer('bob')];
    const wrong = { password: 'wrong horse battery', newPassword: NEW_PASSWORD };
    expect((await alice.api('POST', '/password/change', wrong)).status).toBe(401);
    const right = { password: bob.password, newPassword: NEW_PASSWORD };
    expect((await bob.api('POST', '/password/change', right)).status).toBe(204);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY]);
    expect(await subjectsTo(bob.email)).toEqual([VERIFY]);
  });
});

describe('signing in', () => {
  it('is told once when the device is new, with when and where, but not what it calls itself', async () => {
    const alice = await verified('alice');
    const words = 'Win at evil.example';
    expect((await signIn(alice, words)).status).toBe(201);
    const notice = await mailTo(server, alice.email, 2);
    expect(notice.subject).toBe(DEVICE);
    expect(notice.text).toContain('127.0.0.0/24');
    expect(notice.text).toContain('GMT');
    expect(notice.text + notice.html).not.toContain('evil');
    expect((await signIn(alice, words)).status).toBe(201);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, DEVICE]);
  });

  it('is not told of a known device, though its session has ended', async () => {
    const alice = await verified('alice', 'phone');
    await alice.api('DELETE', '/sessions/current');
    expect((await signIn(alice, 'phone')).status).toBe(201);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY]);
  });

  it('is told by a passcode, too, and not when it fails or the address is unproven', async () => {
    const [alice, bob] = [await verified('alice'), await newcomer('bob')];
    await signIn({ ...alice, password: 'wrong horse battery' }, 'tablet');
    expect((await signIn(bob, 'tablet')).status).toBe(201);
    await server.api('POST', '/sessions/passcode/request', { email: alice.email });
    const { code } = await mailTo(server, alice.email, 2);
    const passcode = { email: alice.email, code, device: 'tablet' };
    expect((await server.api('POST', '/sessions/passcode', passcode)).status).toBe(201);
    await mailTo(server, alice.email, 3);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, 'Your code to sign in', DEVICE]);
    expect(await subjectsTo(bob.email)).toEqual([VERIFY]);
  });
});

describe('every mail', () => {
  it('says the same in plain text and in HTML, where it is a link', async () => {
    const alice = await newcomer('alice');
    await server.api('POST', '/password/forgot', { email: alice.email });
    const reset = await mailTo(server, alice.email, 2);
    expect(reset.subject).toBe(RESET);
    for (const { link, html, text } of [alice.mail, reset]) {
      expect(html).toContain(`<a href="${link}">${link}</a>`);
      expect(text).toContain(link);
    }
    expect(alice.mail.html).toContain(`<strong>${alice.mail.code}</strong>`);
    expect(reset.html).toContain(`<strong>${alice.username}</strong>`);
  });
});
