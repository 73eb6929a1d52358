import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRates } from '../../src/chat/rates.ts';
import { person } from '../support/cast.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { PASSWORD, type Person, signUp, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const VERIFY = 'Is this your email address?';
const TAKEN = 'You have an account already';
const RESET = 'A new password';

let server: TestServer;
beforeAll(async () => {
  // A real PostgreSQL: in PGlite transactions take turns, and some of this is about those that do not.
  server = await startTestServer({
    config: { admins: ['root'], rates: parseRates('sign-up.address=off,mail.account=off,mail.address=off') },
  });
});
afterAll(() => server.stop());

let people = 0;
const addressOf = (name: string) => `${name}${++people}@example.org`;
const mailsTo = async (email: string) =>
  (await allMails(server)).filter(({ to }) => to.toLowerCase() === email.toLowerCase());
/** Somebody new who says that this address is theirs, once the mail about it is there. */
async function claim(name: string, email: string, fields = {}) {
  const before = (await mailsTo(email)).length;
  const claimant = await signUp(server.url, `${name}-${++people}`, { email, ...fields });
  await expect.poll(async () => (await mailsTo(email)).length).toBe(before + 1);
  return { ...claimant, email };
}
const verify = (token: string) => server.api('POST', '/email/verify', { token });
async function owner(name: string, email = addressOf(name)) {
  const person = await claim(name, email);
  expect((await verify((await mailTo(server, email)).token)).status).toBe(204);
  return person;
}
const signIn = (username: string, password = PASSWORD) =>
  server.api('POST', '/sessions', { username, password });
const me = async ({ api }: Pick<Person, 'api'>) => (await api('GET', '/me')).body;
/** Others sign up meanwhile, which takes longer than a mail does: whatever was to come has come. */
async function subjectsTo(email: string): Promise<string[]> {
  for (const name of ['last', 'last of all']) await claim(name.replaceAll(' ', '-'), addressOf('last'));
  return (await mailsTo(email)).map(({ subject }) => subject);
}

describe('signing up with an address that is somebody’s', () => {
  it('is answered like any other, and stays so', async () => {
    const alice = await owner('alice');
    const free = addressOf('free');
    const password = 'mallory horse battery';
    const looks = async (email: string) => {
      const username = `mallory-${++people}`;
      const { status, body } = await server.api('POST', '/accounts', { username, password: PASSWORD, email });
      const { api } = await signUp(server.url, `mallory-${++people}`, { email, password });
      const resent = await api('POST', '/email/resend');
      const inside = await signIn(email, password);
      const { user } = body;
      return JSON.stringify([
        [status, Object.keys(body), Object.keys(user), user.email === email, user.verified],
        [resent.status, inside.status, Object.keys(await me({ api }))],
        (await me({ api })).email === email,
        (await api('POST', '/email/verify-code', { code: '000000' })).body,
      ]);
    };
    const known = await looks(alice.email.toUpperCase());
    expect(known).toBe(await looks(free.toUpperCase()));
    expect(known).toContain('201');
  });

  it('is told to its owner instead of asking for a proof, with the name, and what to do', async () => {
    const alice = await owner('alice');
    const mallory = await claim('mallory', alice.email.toUpperCase());
    const mail = await mailTo(server, alice.email, 2);
    expect(mail.subject).toBe(TAKEN);
    expect(mail.text).toContain(`\n${mallory.username}\n`);
    expect(mail.text).toContain(`\n${alice.username}\n`);
    expect([mail.code, mail.token]).toEqual(['', '']);
    const dotted = await claim('evil.example', alice.email);
    const careful = await mailTo(server, alice.email, 3);
    expect(careful.text + careful.html).not.toContain(dotted.username);
    expect((await me(alice)).verified).toBe(true);
  });

  it('is told likewise when a guest becomes a full account with it', async () => {
    const alice = await owner('alice');
    const guest = await person(server.url, 'guest');
    const complete = { email: alice.email, password: PASSWORD };
    const { status, body } = await guest.api('POST', '/me/complete', complete);
    expect([status, body.email, body.verified]).toEqual([200, alice.email, false]);
    expect((await mailTo(server, alice.email, 2)).subject).toBe(TAKEN);
  });

  it('sends its owner no more than twenty mails an hour, however many sign up', async () => {
    const alice = await owner('alice');
    for (let count = 1; count <= 22; count += 1)
      await signUp(server.url, `mallory-${++people}`, { email: alice.email });
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, ...Array(19).fill(TAKEN)]);
  });
});

describe('an address that several say is theirs', () => {
  it('belongs to the one who proves it; the others are refused then, and stay as they are', async () => {
    const email = addressOf('shared');
    const alice = await claim('alice', email);
    const first = await mailTo(server, email);
    const bob = await claim('bob', email.replace('shared', 'SHARED'));
    const second = await mailTo(server, bob.email);
    expect((await verify(second.token)).status).toBe(204);
    expect(await verify(first.token)).toMatchObject(refusal(409, 'email_taken'));
    const page = await fetch(`${server.url}/email/verify`, {
      method: 'POST',
      body: new URLSearchParams({ token: first.token }),
    });
    expect([page.status, await page.text()]).toEqual([409, expect.stringContaining('another account')]);
    const byCode = await alice.api('POST', '/email/verify-code', { code: first.code });
    expect(byCode).toMatchObject(refusal(409, 'email_taken'));
    expect(await me(bob)).toMatchObject({ email: bob.email, verified: true });
    expect(await me(alice)).toMatchObject({ email: alice.email, verified: false });
    expect((await signIn(alice.username)).status).toBe(201);
  });

  it('belongs to one of them when both prove it at the same moment', async () => {
    const email = addressOf('shared');
    await claim('alice', email);
    const first = await mailTo(server, email);
    await claim('bob', email);
    const second = await mailTo(server, email, 2);
    const answers = await Promise.all([verify(first.token), verify(second.token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  it('is not given to a second one by an admin either', async () => {
    const alice = await owner('alice');
    const bob = await claim('bob', alice.email);
    const root = await signUp(server.url, 'root');
    const vouched = await root.api('PUT', `/admin/users/${bob.id}/verification`);
    expect(vouched).toMatchObject(refusal(409, 'email_taken'));
    const carol = await claim('carol', addressOf('carol'));
    expect((await root.api('PUT', `/admin/users/${carol.id}/verification`)).body.verified).toBe(true);
    const found = (await root.api('GET', `/admin/users?query=${alice.email}`)).body.items;
    expect(found.map(({ id }: { id: string }) => id)).toEqual([bob.id, alice.id]);
  });

  it('is free again when its owner leaves', async () => {
    const alice = await owner('alice');
    const bob = await claim('bob', alice.email);
    expect((await alice.api('DELETE', '/me', { password: PASSWORD })).status).toBe(204);
    await bob.api('POST', '/email/resend');
    const mail = await mailTo(server, alice.email, 3);
    expect((await verify(mail.token)).status).toBe(204);
    expect((await me(bob)).verified).toBe(true);
  });
});

describe('signing in with an address', () => {
  it('finds its owner, whoever else has claimed it', async () => {
    const alice = await owner('alice');
    await claim('mallory', alice.email, { password: 'mallory horse battery' });
    expect((await signIn(alice.email)).body.user.id).toBe(alice.id);
    await server.api('POST', '/sessions/passcode/request', { email: alice.email });
    const { code } = await mailTo(server, alice.email, 3);
    const passcode = await server.api('POST', '/sessions/passcode', { email: alice.email, code });
    expect(passcode.body.user.id).toBe(alice.id);
  });

  it('finds whoever claimed it last by their own password, and nobody by a wrong one', async () => {
    const alice = await owner('alice');
    const password = 'mallory horse battery';
    const mallory = await claim('mallory', alice.email, { password });
    expect((await signIn(alice.email, password)).body.user.id).toBe(mallory.id);
    const bob = await claim('bob', addressOf('bob'));
    expect((await signIn(bob.email.toUpperCase())).body.user.id).toBe(bob.id);
    const carol = await claim('carol', bob.email, { password });
    expect((await signIn(bob.email, password)).body.user.id).toBe(carol.id);
    for (const address of [alice.email, bob.email])
      expect(await signIn(address, 'wrong horse battery')).toMatchObject(refusal(401, 'wrong_credentials'));
  });

  it('by a passcode is for owners only', async () => {
    const email = addressOf('alice');
    await claim('alice', email);
    await server.api('POST', '/sessions/passcode/request', { email });
    expect(await subjectsTo(email)).toEqual([VERIFY]);
  });
});

describe('a forgotten password', () => {
  const forget = (email: string) => server.api('POST', '/password/forgot', { email });

  it('is a matter of the owner, whoever else has claimed the address', async () => {
    const alice = await owner('alice');
    await claim('mallory', alice.email);
    await forget(alice.email);
    const mail = await mailTo(server, alice.email, 3);
    expect([mail.subject, mail.text]).toEqual([RESET, expect.stringContaining(`\n${alice.username}\n`)]);
  });

  it('is written about to the only one who has claimed it, and to none of several', async () => {
    const [one, several] = [addressOf('one'), addressOf('several')];
    const alice = await claim('alice', one);
    await forget(one);
    const { token } = await mailTo(server, one, 2);
    const reset = { token, password: 'another horse battery' };
    expect((await server.api('POST', '/password/reset', reset)).status).toBe(204);
    expect((await signIn(alice.username, reset.password)).body.user.verified).toBe(true);
    for (const name of ['bob', 'carol']) await claim(name, several);
    await forget(several);
    expect(await subjectsTo(several)).toEqual([VERIFY, VERIFY]);
  });

  it('changes nothing when the address has come to belong to another account', async () => {
    const email = addressOf('late');
    const alice = await claim('alice', email);
    await forget(email);
    const { token } = await mailTo(server, email, 2);
    await claim('bob', email);
    expect((await verify((await mailTo(server, email, 3)).token)).status).toBe(204);
    const reset = { token, password: 'another horse battery' };
    expect(await server.api('POST', '/password/reset', reset)).toMatchObject(refusal(409, 'email_taken'));
    expect((await signIn(alice.username)).status).toBe(201);
  });
});

describe('an invitation by mail', () => {
  it('is for the owner, and for nobody who only says that the address is theirs', async () => {
    const [alice, bob] = [await owner('alice'), await owner('bob')];
    const mallory = await claim('mallory', bob.email);
    expect((await alice.api('POST', '/invitations', { email: bob.email })).status).toBe(201);
    const asked = async ({ api }: Pick<Person, 'api'>) =>
      (await api('GET', '/friendships?state=incoming')).body.items.length;
    await expect.poll(() => asked(bob)).toBe(1);
    expect(await asked(mallory)).toBe(0);
  });
});
