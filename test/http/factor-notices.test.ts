import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { guard } from '../support/second-factor.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const ORIGIN = 'https://chat.example.org';
const VERIFY = 'Is this your email address?';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    config: { publicUrl: ORIGIN },
  });
});
afterAll(() => server.stop());

let people = 0;
async function newcomer(name: string) {
  people += 1;
  const email = `${name}${people}@example.org`;
  const person = await server.signUp(`${name}${people}`, { email });
  return { ...person, email, mail: await mailTo(server, email) };
}
async function verified(name: string) {
  const person = await newcomer(name);
  await server.api('POST', '/email/verify', { token: person.mail.token });
  return person;
}
const proof = { password: PASSWORD };
async function addPasskey({ api }: Person, given: object = proof): Promise<any> {
  const { challenge, options } = (await api('POST', '/me/passkeys/challenge', { proof: given })).body;
  const response = new Authenticator(ORIGIN).create(options);
  const { status, body } = await api('POST', '/me/passkeys', { challenge, name: 'key', response });
  expect(status).toBe(201);
  return body;
}
/** Others sign up meanwhile, which takes longer than a mail does: whatever was to come has come. */
async function subjectsTo(email: string): Promise<string[]> {
  for (const name of ['last', 'last']) await newcomer(name);
  return (await allMails(server)).filter(({ to }) => to === email).map(({ subject }) => subject);
}

describe('a notice goes to the proven address', () => {
  it('when an authenticator app is added, recovery codes are renewed, and the app is removed', async () => {
    const alice = await verified('alice');
    const { app, recoveryCodes } = await guard(alice);
    const added = await mailTo(server, alice.email, 2);
    expect(added.subject).toBe('An authenticator app was added');
    expect(added.text).toContain(`\n${alice.username}\n`);
    for (const secret of recoveryCodes) expect(added.text).not.toContain(secret);
    const [first] = recoveryCodes;
    const renewed = await alice.api('POST', '/me/recovery-codes', {
      proof: { ...proof, recoveryCode: first },
    });
    expect(renewed.status).toBe(201);
    expect((await mailTo(server, alice.email, 3)).subject).toBe('There are new recovery codes');
    const removed = await alice.api('DELETE', '/me/totp', { proof: { ...proof, code: await app.fresh() } });
    expect(removed.status).toBe(204);
    expect((await mailTo(server, alice.email, 4)).subject).toBe('Your authenticator app was removed');
  });

  it('when a passkey is added or removed', async () => {
    const bob = await verified('bob');
    const { recoveryCodes } = await addPasskey(bob);
    expect((await mailTo(server, bob.email, 2)).subject).toBe('A passkey was added');
    const [one, other] = recoveryCodes;
    const { passkey } = await addPasskey(bob, { ...proof, recoveryCode: one });
    await mailTo(server, bob.email, 3);
    const given = { proof: { ...proof, recoveryCode: other } };
    expect((await bob.api('DELETE', `/me/passkeys/${passkey.id}`, given)).status).toBe(204);
    expect((await mailTo(server, bob.email, 4)).subject).toBe('A passkey was removed');
  });

  it('when the username changes, but not for another display name', async () => {
    const carol = await verified('carol');
    await carol.api('PATCH', '/me', { displayName: 'Carol C.' });
    await carol.api('PATCH', '/me', { username: `${carol.username}-c` });
    const notice = await mailTo(server, carol.email, 2);
    expect(notice.subject).toBe('Your username was changed');
    expect(notice.text).toContain(`\n${carol.username}-c\n`);
    expect(await subjectsTo(carol.email)).toEqual([VERIFY, notice.subject]);
  });

  it('and to none that is only claimed, nor when nothing was changed', async () => {
    const [alice, bob] = [await newcomer('alice'), await verified('bob')];
    const [recoveryCode] = (await guard(alice)).recoveryCodes;
    await addPasskey(alice, { ...proof, recoveryCode });
    await bob.api('DELETE', '/me/totp', { proof });
    await bob.api('POST', '/me/recovery-codes', { proof });
    await bob.api('POST', '/me/passkeys/challenge', { proof });
    await bob.api('PATCH', '/me', { username: bob.username });
    expect(await subjectsTo(alice.email)).toEqual([VERIFY]);
    expect(await subjectsTo(bob.email)).toEqual([VERIFY]);
  });
});
