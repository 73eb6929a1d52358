import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allMails, mailTo } from '../support/mailbox.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const HOUR = 60 * 60 * 1_000;
const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const badToken = refusal(401, 'wrong_credentials');

let server: TestServer;
beforeAll(async () => {
  // A real PostgreSQL: in PGlite transactions take turns, and some of this is about those that do not.
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(() => vi.useRealTimers());

let people = 0;
/** Somebody new with an address, and the mail that came to it. */
async function newcomer(name: string) {
  people += 1;
  const email = `${name}${people}@example.org`;
  const person = await server.signUp(`${name}${people}`, { email });
  return { ...person, email, mail: await mailTo(server, email) };
}
const verify = (token: string) => server.api('POST', '/email/verify', { token });
const isVerified = async (person: Person) => (await person.api('GET', '/me')).body.verified;
/** Only the clock on the wall: timers, and so the database and the sockets, go on as they were. */
const laterBy = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

describe('signing up with an email address', () => {
  it('sends a mail whose link leads to this server', async () => {
    const alice = await newcomer('alice');
    expect(alice.mail.link.startsWith(`${server.url}/email/verify?token=`)).toBe(true);
    expect(await readFile(alice.mail.file, 'utf8')).toContain(alice.mail.link);
    expect(Buffer.from(alice.mail.token, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(await isVerified(alice)).toBe(false);
  });

  it('believes no Host when it writes the link', async () => {
    const { port } = new URL(server.url);
    const body = JSON.stringify({ username: 'hostess', password: PASSWORD, email: 'hostess@example.org' });
    const headers = {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      'Content-Type': 'application/json',
    };
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/api/v1/accounts', method: 'POST', headers };
      const asked = request(options, (answer) => resolve(answer.resume().statusCode));
      asked.on('error', reject).end(body);
    });
    expect(status).toBe(201);
    const { link, text } = await mailTo(server, 'hostess@example.org');
    expect(link.startsWith(server.url)).toBe(true);
    expect(text).not.toContain('evil');
  });

  it('is the only kind that sends a mail', async () => {
    const before = (await allMails(server)).length;
    await server.signUp('silent');
    await newcomer('alice');
    expect(await allMails(server)).toHaveLength(before + 1);
  });
});

describe('the token of a verification mail', () => {
  it('verifies the address once', async () => {
    const alice = await newcomer('alice');
    expect((await verify(alice.mail.token)).status).toBe(204);
    expect(await isVerified(alice)).toBe(true);
    expect(await verify(alice.mail.token)).toMatchObject(badToken);
  });

  it('works for a day', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    laterBy(23.9 * HOUR);
    expect((await verify(alice.mail.token)).status).toBe(204);
    laterBy(0.2 * HOUR);
    expect(await verify(bob.mail.token)).toMatchObject(badToken);
    vi.useRealTimers();
    expect([await isVerified(alice), await isVerified(bob)]).toEqual([true, false]);
  });

  it('speaks for whom it was sent to and nobody else', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    expect(await bob.api('POST', '/email/verify', { token: alice.mail.token })).toMatchObject({
      status: 204,
    });
    expect([await isVerified(alice), await isVerified(bob)]).toEqual([true, false]);
  });

  it('is good for nothing else', async () => {
    const alice = await newcomer('alice');
    await server.api('POST', '/password/forgot', { email: alice.email });
    const reset = await mailTo(server, alice.email, 2);
    const changed = { token: alice.mail.token, password: 'another horse battery' };
    expect(await server.api('POST', '/password/reset', changed)).toMatchObject(badToken);
    expect(await verify(reset.token)).toMatchObject(badToken);
    expect(await isVerified(alice)).toBe(false);
    expect((await verify(alice.mail.token)).status).toBe(204);
  });

  it('cannot be made up', async () => {
    const carol = await newcomer('carol');
    const { token } = carol.mail;
    const forged = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`;
    for (const each of [forged, 'x', 'a\0b', "' or 1=1 --"])
      expect(await verify(each)).toMatchObject(badToken);
    for (const each of ['', 'x'.repeat(201), 7, null])
      expect(await verify(each as string)).toMatchObject(refusal(400, 'bad_request'));
    expect(await isVerified(carol)).toBe(false);
  });

  it('is used by one of many who come at the same moment', async () => {
    const alice = await newcomer('alice');
    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(alice.mail.token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });
});

describe('asking for the mail again', () => {
  it('sends a new link and ends the one before', async () => {
    const alice = await newcomer('alice');
    expect((await alice.api('POST', '/email/resend')).status).toBe(204);
    const second = await mailTo(server, alice.email, 2);
    expect(await verify(alice.mail.token)).toMatchObject(badToken);
    expect((await verify(second.token)).status).toBe(204);
  });

  it('is a conflict when there is nothing to verify', async () => {
    const alice = await newcomer('alice');
    await verify(alice.mail.token);
    expect(await alice.api('POST', '/email/resend')).toMatchObject(refusal(409, 'conflict'));
    const bob = await server.signUp('bob-without-email');
    expect(await bob.api('POST', '/email/resend')).toMatchObject(refusal(409, 'conflict'));
    expect(await server.api('POST', '/email/resend')).toMatchObject(refusal(401, 'unauthenticated'));
  });
});

describe('the page behind the link', () => {
  const press = (token: string) =>
    fetch(`${server.url}/email/verify`, { method: 'POST', body: new URLSearchParams({ token }) });

  it('does nothing until its button is pressed', async () => {
    const alice = await newcomer('alice');
    for (const method of ['HEAD', 'GET', 'GET'])
      expect((await fetch(alice.mail.link, { method })).status).toBe(200);
    expect(await isVerified(alice)).toBe(false);
    const pressed = await press(alice.mail.token);
    expect([pressed.status, await isVerified(alice)]).toEqual([200, true]);
    const again = await press(alice.mail.token);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('does not work')]);
  });

  it('runs our script only, is kept nowhere, and takes a token for text', async () => {
    const page = await fetch(
      `${server.url}/email/verify?token=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';.* form-action 'self'/);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const scripts = (await page.text()).match(/<script[^>]*>/g);
    expect(scripts).toEqual([expect.stringMatching(/ src="\/assets\/main-/)]);
    expect((await press('')).status).toBe(400);
  });
});
