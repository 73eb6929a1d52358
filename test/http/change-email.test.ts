import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person } from '../support/cast.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { guard } from '../support/second-factor.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const VERIFY = 'Is this your email address?';
const ASKED = 'Another email address for your account';
const CHANGED = 'Your email address was changed';
const REMOVED = 'Your email address was removed';
const TAKEN = 'You have an account already';
const proof = { password: PASSWORD };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

let people = 0;
const addressOf = (name: string) => `${name}${++people}@example.org`;
async function newcomer(name: string) {
  const email = addressOf(name);
  const person = await server.signUp(`${name}${people}`, { email });
  return { ...person, email, mail: await mailTo(server, email) };
}
const verify = (token: string) => server.api('POST', '/email/verify', { token });
async function verified(name: string) {
  const person = await newcomer(name);
  expect((await verify(person.mail.token)).status).toBe(204);
  return person;
}
const change = ({ api }: Pick<Person, 'api'>, email: string, given: object = proof) =>
  api('PUT', '/me/email', { email, proof: given });
const remove = ({ api }: Pick<Person, 'api'>, given: object = proof) =>
  api('DELETE', '/me/email', { proof: given });
const me = async ({ api }: Pick<Person, 'api'>) => (await api('GET', '/me')).body;
const signIn = (username: string) => server.api('POST', '/sessions', { username, password: PASSWORD });
/** Others sign up meanwhile, which takes longer than a mail does: whatever was to come has come. */
async function subjectsTo(email: string): Promise<string[]> {
  for (const name of ['last', 'last']) await newcomer(name);
  return (await allMails(server)).filter(({ to }) => to === email).map(({ subject }) => subject);
}

describe('a new address', () => {
  it('takes the place of the old one when it is proven, and the old one hears of both', async () => {
    const alice = await verified('alice');
    const email = addressOf('new');
    const { status, body } = await change(alice, email);
    expect([status, body]).toMatchObject([200, { email: alice.email, verified: true, newEmail: email }]);
    expect((await mailTo(server, alice.email, 2)).subject).toBe(ASKED);
    const { token } = await mailTo(server, email);
    expect((await signIn(alice.email)).status).toBe(201);
    expect((await signIn(email)).status).toBe(401);
    expect((await verify(token)).status).toBe(204);
    expect(await me(alice)).toMatchObject({ email, verified: true, newEmail: null });
    const last = await mailTo(server, alice.email, 3);
    expect(last.subject).toBe(CHANGED);
    expect(last.text).toContain(alice.username);
    expect(last.text).not.toContain(email);
    expect((await signIn(alice.email)).status).toBe(401);
    expect((await signIn(email)).status).toBe(201);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, ASKED, CHANGED]);
  });

  it('can be proven by the code, too, and the mail be had again', async () => {
    const alice = await verified('alice');
    const email = addressOf('new');
    await change(alice, email);
    const first = await mailTo(server, email);
    expect((await alice.api('POST', '/email/resend')).status).toBe(204);
    const { code } = await mailTo(server, email, 2);
    expect((await verify(first.token)).status).toBe(401);
    expect((await alice.api('POST', '/email/verify-code', { code })).status).toBe(204);
    expect(await me(alice)).toMatchObject({ email, newEmail: null });
  });

  it('takes a fresh proof, and is refused without', async () => {
    const alice = await verified('alice');
    const email = addressOf('new');
    for (const given of [{}, { password: 'wrong horse battery' }])
      expect(await change(alice, email, given)).toMatchObject(refusal(401, 'wrong_credentials'));
    const { app } = await guard(alice);
    expect(await change(alice, email)).toMatchObject(refusal(401, 'second_factor_required'));
    expect((await change(alice, email, { ...proof, code: await app.at(1) })).status).toBe(200);
    expect(await change(alice, 'nowhere')).toMatchObject(refusal(400, 'bad_request'));
    const guest = await person(server.url, 'guest');
    expect(await change(guest, email)).toMatchObject(refusal(409, 'conflict'));
  });

  it('makes nothing of what was sent to the old one', async () => {
    const alice = await verified('alice');
    await server.api('POST', '/password/forgot', { email: alice.email });
    const { token } = await mailTo(server, alice.email, 2);
    const email = addressOf('new');
    await change(alice, email);
    await verify((await mailTo(server, email)).token);
    const reset = { token, password: 'another horse battery' };
    expect(await server.api('POST', '/password/reset', reset)).toMatchObject(
      refusal(401, 'wrong_credentials'),
    );
  });

  it('is called off by saying the old one again', async () => {
    const alice = await verified('alice');
    const email = addressOf('new');
    await change(alice, email);
    const { token } = await mailTo(server, email);
    const { body } = await change(alice, alice.email.toUpperCase());
    expect(body).toMatchObject({ email: alice.email, verified: true, newEmail: null });
    expect(await verify(token)).toMatchObject(refusal(401, 'wrong_credentials'));
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, ASKED]);
  });

  it('that is somebody’s is answered alike, and its owner is told', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const { status, body } = await change(alice, bob.email);
    expect([status, body.newEmail]).toEqual([200, bob.email]);
    expect((await mailTo(server, bob.email, 2)).subject).toBe(TAKEN);
    expect((await alice.api('POST', '/email/resend')).status).toBe(204);
    expect((await mailTo(server, bob.email, 3)).subject).toBe(TAKEN);
  });

  it('is refused without harm when it came to belong to somebody else meanwhile', async () => {
    const alice = await verified('alice');
    const bob = await newcomer('bob');
    await change(alice, bob.email);
    const { token } = await mailTo(server, bob.email, 2);
    await verify(bob.mail.token);
    expect(await verify(token)).toMatchObject(refusal(409, 'email_taken'));
    expect(await me(alice)).toMatchObject({ email: alice.email, verified: true });
  });

  it('takes the place of one that was never proven at once', async () => {
    const alice = await newcomer('alice');
    const email = addressOf('new');
    const { body } = await change(alice, email);
    expect(body).toMatchObject({ email, verified: false, newEmail: null });
    expect(await verify(alice.mail.token)).toMatchObject(refusal(401, 'wrong_credentials'));
    expect((await verify((await mailTo(server, email)).token)).status).toBe(204);
    expect(await subjectsTo(alice.email)).toEqual([VERIFY]);
  });
});

describe('removing an address', () => {
  it('leaves none, tells it, and makes it free', async () => {
    const alice = await verified('alice');
    expect(await remove(alice, { password: 'wrong horse battery' })).toMatchObject(
      refusal(401, 'wrong_credentials'),
    );
    expect((await me(alice)).email).toBe(alice.email);
    await change(alice, addressOf('new'));
    expect((await remove(alice)).status).toBe(204);
    expect(await me(alice)).toMatchObject({ email: null, verified: false, newEmail: null });
    expect((await mailTo(server, alice.email, 3)).subject).toBe(REMOVED);
    expect((await signIn(alice.email)).status).toBe(401);
    const bob = await server.signUp('bob-with-her-address', { email: alice.email });
    await verify((await mailTo(server, alice.email, 4)).token);
    expect(await me(bob)).toMatchObject({ email: alice.email, verified: true });
  });

  it('ends the links that are on their way to it, though it comes back', async () => {
    const alice = await newcomer('alice');
    await server.api('POST', '/password/forgot', { email: alice.email });
    const { token } = await mailTo(server, alice.email, 2);
    expect((await remove(alice)).status).toBe(204);
    expect(await remove(alice)).toMatchObject(refusal(404, 'not_found'));
    expect((await change(alice, alice.email)).status).toBe(200);
    expect(await verify(alice.mail.token)).toMatchObject(refusal(401, 'wrong_credentials'));
    const reset = { token, password: 'another horse battery' };
    expect(await server.api('POST', '/password/reset', reset)).toMatchObject(
      refusal(401, 'wrong_credentials'),
    );
    expect(await subjectsTo(alice.email)).toEqual([VERIFY, 'A new password', VERIFY]);
  });
});
