import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_INVITATIONS_A_DAY } from '../../src/chat/limits.ts';
import { personOf } from '../support/cast.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

let server: TestServer;
let clock: MovableClock;
beforeAll(async () => {
  clock = await createMovableClock();
  server = await startTestServer({ databaseUrl: clock.databaseUrl });
});
afterAll(() => server.stop());

let people = 0;
const addressOf = (name: string) => `${name}${++people}@example.org`;
async function newcomer(name: string, email = addressOf(name)) {
  const before = (await allMails(server)).filter(({ to }) => to === email).length;
  const person = await server.signUp(`${name}-${people}`, { email });
  return { ...person, email, mail: await mailTo(server, email, before + 1) };
}
const verify = async ({ mail }: { mail: { token: string } }) =>
  expect((await server.api('POST', '/email/verify', { token: mail.token })).status).toBe(204);
async function verified(name: string, email?: string) {
  const person = await newcomer(name, email);
  await verify(person);
  return person;
}
const invite = ({ api }: Pick<Person, 'api'>, email: string) => api('POST', '/invitations', { email });
const invited = async ({ api }: Person) =>
  (await api('GET', '/invitations')).body.items.map(({ email }: any) => email);
const requests = async ({ api }: Person, state: string) =>
  (await api('GET', `/friendships?state=${state}`)).body.items;
const seesOf = async (person: Person) => (await person.api('GET', '/friendships')).body.items;

describe('an invitation', () => {
  it('is one mail that says who invites and leads here', async () => {
    const alice = await verified('alice');
    const email = addressOf('bob');
    const { status, body } = await invite(alice, email);
    expect([status, body]).toMatchObject([201, { email }]);
    const mail = await mailTo(server, email);
    expect(mail.link).toBe(`${server.url}/`);
    expect(mail.text).toContain(`\n${alice.username}\n`);
    expect(await invite(alice, email.toUpperCase())).toMatchObject(refusal(409, 'conflict'));
    expect(await invited(alice)).toEqual([email]);
  });

  it('does not carry a name that mail programs would make a link of', async () => {
    const alice = await verified('alice');
    await alice.api('PATCH', '/me', { username: 'evil.example' });
    const email = addressOf('bob');
    expect((await invite(alice, email)).status).toBe(201);
    const { text, html } = await mailTo(server, email);
    expect(text + html).not.toContain('evil');
  });

  it('becomes a friend request when the address is proven, and not before', async () => {
    const alice = await verified('alice');
    const email = addressOf('bob');
    await invite(alice, email);
    await mailTo(server, email);
    const bob = await newcomer('bob', email);
    const inbox = await personOf(server.url, { user: bob, accessToken: bob.accessToken }).join('inbox');
    expect(await requests(bob, 'incoming')).toEqual([]);
    await verify(bob);
    await inbox.next('friendship', ({ friendship }) => friendship.requesterId === alice.id);
    expect(await requests(bob, 'incoming')).toMatchObject([{ user: { id: alice.id }, status: 'pending' }]);
    await inbox.room.leave();
  });

  it('does so by the code and by a reset, too', async () => {
    const alice = await verified('alice');
    const [first, second] = [addressOf('bob'), addressOf('carol')];
    for (const email of [first, second]) {
      await invite(alice, email);
      await mailTo(server, email);
    }
    const [bob, carol] = [await newcomer('bob', first), await newcomer('carol', second)];
    expect((await bob.api('POST', '/email/verify-code', { code: bob.mail.code })).status).toBe(204);
    expect(await requests(bob, 'incoming')).toHaveLength(1);
    await server.api('POST', '/password/forgot', { email: second });
    const { token } = await mailTo(server, second, 3);
    const password = 'another horse battery';
    expect((await server.api('POST', '/password/reset', { token, password })).status).toBe(204);
    const again = await server.api('POST', '/sessions', { username: carol.username, password });
    const carolNow = personOf(server.url, again.body);
    expect((await carolNow.api('GET', '/friendships?state=incoming')).body.items).toHaveLength(1);
  });

  it('is a friend request at once where the address is proven already, and the inviter sees no difference', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const known = await invite(alice, bob.email.toUpperCase());
    const unknown = await invite(alice, addressOf('nobody'));
    expect([known.status, Object.keys(known.body)]).toEqual([unknown.status, Object.keys(unknown.body)]);
    await expect.poll(() => requests(bob, 'incoming')).toMatchObject([{ user: { id: alice.id } }]);
    expect((await allMails(server)).filter(({ to }) => to === bob.email)).toHaveLength(1);
    expect(await seesOf(alice)).toEqual([]);
    expect(await invited(alice)).toHaveLength(2);
    const [{ id }] = await requests(bob, 'incoming');
    expect(await alice.api('DELETE', `/friendships/${id}`)).toMatchObject(refusal(404, 'not_found'));
  });

  it('is shown to the inviter when it is accepted', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    await invite(alice, bob.email);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    const [{ id }] = await requests(bob, 'incoming');
    expect((await bob.api('PATCH', `/friendships/${id}`, { status: 'accepted' })).status).toBe(200);
    await inbox.next('friendship', ({ friendship }) => friendship.status === 'accepted');
    expect(inbox.of('friendship')).toHaveLength(1);
    expect(await seesOf(alice)).toMatchObject([{ user: { id: bob.id }, status: 'accepted' }]);
    expect(await invited(alice)).toEqual([]);
    expect(await invite(alice, bob.email)).toMatchObject(refusal(409, 'conflict'));
    await inbox.room.leave();
  });

  it('does not tell the inviter of another name of whoever has the address before it is accepted', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    await invite(alice, bob.email);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    await bob.api('PATCH', '/me', { displayName: 'Robert' });
    const [{ id }] = await requests(bob, 'incoming');
    await bob.api('PATCH', `/friendships/${id}`, { status: 'accepted' });
    await bob.api('PATCH', '/me', { displayName: 'Rob' });
    await inbox.next('user', ({ user }) => user.displayName === 'Rob');
    expect(inbox.of('user')).toHaveLength(1);
    await inbox.room.leave();
  });

  it('stays open in the eyes of the inviter when it is rejected', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    await invite(alice, bob.email);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    const [{ id }] = await requests(bob, 'incoming');
    await bob.api('PATCH', `/friendships/${id}`, { status: 'rejected' });
    expect(await requests(bob, 'rejected')).toHaveLength(1);
    expect(await seesOf(alice)).toEqual([]);
    expect(await invited(alice)).toEqual([bob.email]);
    // Long enough for the position check, which looks at every friendship that has changed.
    const carol = await verified('carol');
    await carol.api('POST', '/friendships', { userId: alice.id });
    await inbox.next('friendship', ({ friendship }) => friendship.requesterId === carol.id);
    expect(inbox.of('friendship')).toHaveLength(1);
    await inbox.room.leave();
  });

  it('does not keep the inviter from asking the same person by name', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    await invite(alice, bob.email);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    const asked = await alice.api('POST', '/friendships', { userId: bob.id });
    expect([asked.status, asked.body.status]).toEqual([201, 'pending']);
    expect(await requests(alice, 'outgoing')).toHaveLength(1);
    expect(await alice.api('POST', '/friendships', { userId: bob.id })).toMatchObject(
      refusal(409, 'conflict'),
    );
  });

  it('does nothing to somebody who blocks the inviter', async () => {
    const [alice, bob, carol] = [await verified('alice'), await verified('bob'), await verified('carol')];
    await bob.api('PUT', `/blocks/${alice.id}`);
    for (const { email } of [bob, carol]) expect((await invite(alice, email)).status).toBe(201);
    await expect.poll(() => requests(carol, 'incoming')).toHaveLength(1);
    expect(await requests(bob, 'incoming')).toEqual([]);
  });
});

describe('withdrawing an invitation', () => {
  it('takes the friend request back, and is its inviter only', async () => {
    const [alice, bob] = [await verified('alice'), await verified('bob')];
    const { body } = await invite(alice, bob.email);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    expect(await bob.api('DELETE', `/invitations/${body.id}`)).toMatchObject(refusal(404, 'not_found'));
    expect((await alice.api('DELETE', `/invitations/${body.id}`)).status).toBe(204);
    expect(await requests(bob, 'incoming')).toEqual([]);
    expect(await invited(alice)).toEqual([]);
    expect(await alice.api('DELETE', `/invitations/${body.id}`)).toMatchObject(refusal(404, 'not_found'));
  });

  it('keeps it from becoming one; made again it sends no second mail', async () => {
    const alice = await verified('alice');
    const email = addressOf('bob');
    const { body } = await invite(alice, email);
    await mailTo(server, email);
    await alice.api('DELETE', `/invitations/${body.id}`);
    const bob = await verified('bob', email);
    expect(await requests(bob, 'incoming')).toEqual([]);
    expect((await invite(alice, email)).status).toBe(201);
    await expect.poll(() => requests(bob, 'incoming')).toHaveLength(1);
    const subjects = (await allMails(server)).filter(({ to }) => to === email).map(({ subject }) => subject);
    expect(subjects).toEqual(['Somebody invites you to chat', 'Is this your email address?']);
  });
});

describe('inviting', () => {
  it('takes a proven address of one’s own, and somebody else’s', async () => {
    const [alice, bob] = [await newcomer('alice'), await verified('bob')];
    const email = addressOf('carol');
    expect(await invite(alice, email)).toMatchObject(refusal(403, 'forbidden'));
    expect(await invite({ api: server.api }, email)).toMatchObject(refusal(401, 'unauthenticated'));
    expect(await invite(bob, bob.email.toUpperCase())).toMatchObject(refusal(400, 'bad_request'));
    for (const wrong of ['nowhere', 'a@b@c', '', `x@${'y'.repeat(300)}.org`])
      expect(await invite(bob, wrong)).toMatchObject(refusal(400, 'bad_request'));
    expect((await invite(bob, email)).status).toBe(201);
  });

  it('has a limit for each day, which withdrawing does not move', async () => {
    const alice = await verified('alice');
    const answers = await Promise.all(
      Array.from({ length: MAX_INVITATIONS_A_DAY + 3 }, () => invite(alice, addressOf('friend'))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_INVITATIONS_A_DAY);
    for (const { body } of answers.filter(({ status }) => status !== 201))
      expect(body.error.code).toBe('rate_limited');
    const first = answers.find(({ status }) => status === 201)!;
    await alice.api('DELETE', `/invitations/${first.body.id}`);
    expect(await invite(alice, addressOf('friend'))).toMatchObject(refusal(429, 'rate_limited'));
    await clock.advance(25 * 60 * 60 * 1_000);
    expect((await invite(alice, addressOf('friend'))).status).toBe(201);
  });

  it('is listed newest first, page by page', async () => {
    const alice = await verified('alice');
    const emails = [addressOf('bob'), addressOf('carol'), addressOf('dave')];
    for (const email of emails) await invite(alice, email);
    const first = (await alice.api('GET', '/invitations?limit=2')).body;
    const second = (await alice.api('GET', `/invitations?limit=2&cursor=${first.next}`)).body;
    const listed = [...first.items, ...second.items].map(({ email }: any) => email);
    expect([listed, second.next]).toEqual([emails.toReversed(), null]);
  });

  it('ends with the account', async () => {
    const alice = await verified('alice');
    const email = addressOf('bob');
    await invite(alice, email);
    await mailTo(server, email);
    expect((await alice.api('DELETE', '/me', { password: PASSWORD })).status).toBe(204);
    const bob = await verified('bob', email);
    expect(await requests(bob, 'incoming')).toEqual([]);
  });
});
