import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Joined, personOf } from '../support/cast.ts';
import { mailTo } from '../support/mailbox.ts';
import { apiOf, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('deleting an account', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let people = 0;

  beforeAll(async () => {
    // A real PostgreSQL: in PGlite transactions take turns, and some of this is about those that do not.
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`, {
      email: `alice${people}@example.org`,
      displayName: 'Alice',
    });
    bob = await server.signUp(`bob${people}`);
    carol = await server.signUp(`carol${people}`);
  });

  const deleteMe = (person: Person, body: unknown = { password: PASSWORD }) =>
    person.api('DELETE', '/me', body);
  const openInbox = (person: Person): Promise<Joined> =>
    personOf(server.url, { user: person, accessToken: person.accessToken }).join('inbox');
  const befriend = async (one: Person, other: Person) => {
    const { id } = (await one.api('POST', '/friendships', { userId: other.id })).body;
    await other.api('PATCH', `/friendships/${id}`, { status: 'accepted' });
  };
  const createGroup = async (owner: Person, members: Person[]): Promise<string> => {
    const fields = { kind: 'group', name: 'hike', members: members.map(({ id }) => id) };
    return (await owner.api('POST', '/conversations', fields)).body.id;
  };

  it('takes away all that tells who it was', async () => {
    const { number } = (await alice.api('GET', '/me')).body;
    const { token } = await mailTo(server, `alice${people}@example.org`);
    expect((await deleteMe(alice)).status).toBe(204);
    const { body } = await bob.api('GET', `/users/${alice.id}`);
    const nobody = {
      username: `deleted-${number}`,
      displayName: 'Deleted user',
      guest: false,
      lastSeenAt: null,
    };
    expect(body).toMatchObject(nobody);
    expect((await bob.api('GET', '/users?query=deleted')).body.items).toEqual([]);
    expect((await server.api('POST', '/email/verify', { token })).status).toBe(401);
    const again = { email: `alice${people}@example.org`, displayName: 'Another Alice' };
    expect((await server.signUp(alice.username, again)).id).not.toBe(alice.id);
  });

  it('takes the password, which guests do not have', async () => {
    for (const body of [{ password: 'wrong horse battery' }, {}, undefined])
      expect(await alice.api('DELETE', '/me', body)).toMatchObject(refusal(401, 'wrong_credentials'));
    expect(await server.api('DELETE', '/me', { password: PASSWORD })).toMatchObject(
      refusal(401, 'unauthenticated'),
    );
    expect((await alice.api('GET', '/me')).body.displayName).toBe('Alice');
    const { body } = await server.api('POST', '/accounts/guest', {});
    const guest = apiOf(server.url, body.accessToken);
    expect((await guest('DELETE', '/me')).status).toBe(204);
    expect((await guest('GET', '/me')).status).toBe(401);
  });

  it('ends every session and closes every socket', async () => {
    const signIn = () => server.api('POST', '/sessions', { username: alice.username, password: PASSWORD });
    const phone = apiOf(server.url, (await signIn()).body.accessToken);
    const inbox = await openInbox(alice);
    expect((await deleteMe(alice)).status).toBe(204);
    expect(await inbox.left).toBe(4001);
    for (const api of [alice.api, phone]) expect((await api('GET', '/me')).status).toBe(401);
    expect(await signIn()).toMatchObject(refusal(401, 'wrong_credentials'));
    expect(await deleteMe(alice)).toMatchObject(refusal(401, 'unauthenticated'));
  });

  it('ends friendships, requests and blocks, and tells the friends', async () => {
    await befriend(alice, bob);
    await carol.api('POST', '/friendships', { userId: alice.id });
    const dave = await server.signUp(`dave${people}`);
    await dave.api('PUT', `/blocks/${alice.id}`);
    const inboxes = [await openInbox(bob), await openInbox(carol)];
    expect((await deleteMe(alice)).status).toBe(204);
    for (const inbox of inboxes) {
      await inbox.next('friendship', ({ friendship }) => friendship.status === 'ended');
      await inbox.room.leave();
    }
    expect((await bob.api('GET', '/friendships?state=accepted')).body.items).toEqual([]);
    expect((await carol.api('GET', '/friendships?state=outgoing')).body.items).toEqual([]);
    expect((await dave.api('GET', '/blocks')).body.items).toEqual([]);
  });

  it('leaves the dialog and what was said in it to the other', async () => {
    await befriend(alice, bob);
    const [dialog] = (await bob.api('GET', '/conversations')).body.items;
    await alice.api('POST', `/conversations/${dialog.id}/messages`, { text: 'farewell' });
    expect((await deleteMe(alice)).status).toBe(204);
    expect((await bob.api('GET', '/conversations')).body.items).toMatchObject([
      { id: dialog.id, peer: { id: alice.id, displayName: 'Deleted user' }, unreadCount: 1 },
    ]);
    expect((await bob.api('GET', `/conversations/${dialog.id}/messages`)).body.items).toMatchObject([
      { text: 'farewell', senderId: alice.id },
    ]);
    const opened = await bob.api('POST', '/conversations', { kind: 'dialog', userId: alice.id });
    expect(opened.body.id).toBe(dialog.id);
  });

  it('leaves groups, which are told', async () => {
    const group = await createGroup(bob, [alice, carol]);
    const inbox = await openInbox(carol);
    expect((await deleteMe(alice)).status).toBe(204);
    const { member, memberCount } = await inbox.next('member');
    expect(member).toMatchObject({ userId: alice.id, displayName: 'Deleted user', left: true });
    expect(memberCount).toBe(2);
    await inbox.room.leave();
    expect((await bob.api('GET', `/conversations/${group}`)).body.memberCount).toBe(2);
  });

  it('is refused while a group needs its only owner, and then changes nothing', async () => {
    await befriend(alice, bob);
    await createGroup(alice, []);
    await createGroup(bob, [alice]);
    const group = await createGroup(alice, [bob]);
    expect(await deleteMe(alice)).toMatchObject({
      status: 409,
      body: { error: { code: 'last_owner', details: [{ path: group, message: 'hike' }] } },
    });
    expect((await alice.api('GET', '/me')).body.displayName).toBe('Alice');
    expect((await alice.api('GET', '/conversations')).body.items).toHaveLength(4);
    expect((await alice.api('GET', '/friendships?state=accepted')).body.items).toHaveLength(1);
    await alice.api('PATCH', `/conversations/${group}/members/${bob.id}`, { role: 'owner' });
    expect((await deleteMe(alice)).status).toBe(204);
  });

  it('works for two friends at the same moment', async () => {
    await befriend(alice, bob);
    await alice.api('PUT', `/blocks/${bob.id}`);
    await bob.api('PUT', `/blocks/${alice.id}`);
    await createGroup(carol, [alice, bob]);
    const statuses = (await Promise.all([deleteMe(alice), deleteMe(bob)])).map(({ status }) => status);
    expect(statuses).toEqual([204, 204]);
  });

  it('lets nothing new begin with somebody who has gone', async () => {
    const { number } = (await alice.api('GET', '/me')).body;
    const group = await createGroup(bob, []);
    await deleteMe(alice);
    const notFound = refusal(404, 'not_found');
    expect(await bob.api('POST', '/friendships', { userId: alice.id })).toMatchObject(notFound);
    expect(await bob.api('POST', '/friendships', { username: `deleted-${number}` })).toMatchObject(notFound);
    expect(await bob.api('POST', '/conversations', { kind: 'dialog', userId: alice.id })).toMatchObject(
      notFound,
    );
    expect(await bob.api('POST', `/conversations/${group}/members`, { userIds: [alice.id] })).toMatchObject(
      notFound,
    );
  });

  it('cannot be kept from anybody by taking the name that they would get', async () => {
    const { number } = (await alice.api('GET', '/me')).body;
    const username = `Deleted-${number}`;
    const taken = refusal(409, 'username_taken');
    expect(await server.api('POST', '/accounts', { username, password: PASSWORD })).toMatchObject(taken);
    expect(await server.api('POST', '/accounts/guest', { username })).toMatchObject(taken);
    expect(await bob.api('PATCH', '/me', { username })).toMatchObject(taken);
    expect((await deleteMe(alice)).status).toBe(204);
  });
});
