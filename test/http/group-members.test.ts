import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('the members of a group', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let dave: Person;
  let group: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    carol = await person(server.url, 'carol');
    dave = await person(server.url, 'dave');
    const input = { kind: 'group', name: 'hike', members: [bob.id, carol.id] };
    group = (await alice.api('POST', '/conversations', input)).body.id;
  });

  const path = (userId: string) => `/conversations/${group}/members/${userId}`;
  const add = (one: Person, ...others: Person[]) =>
    one.api('POST', `/conversations/${group}/members`, { userIds: others.map((other) => other.id) });
  const remove = (one: Person, other: Person) => one.api('DELETE', path(other.id));
  const leave = (one: Person) => one.api('DELETE', path('me'));
  const give = (one: Person, other: Person, role: string) => one.api('PATCH', path(other.id), { role });
  const say = (one: Person, text: string) => one.api('POST', `/conversations/${group}/messages`, { text });
  const roles = async () => {
    const { items } = (await alice.api('GET', `/conversations/${group}/members`)).body;
    return Object.fromEntries(
      items.map((each: { displayName: string; role: string }) => [each.displayName, each.role]),
    );
  };
  const inboxOf = async (one: Person) => {
    const inbox = await one.join('inbox');
    await inbox.next('ready');
    return inbox;
  };

  it('are added by owners and admins, and by nobody else', async () => {
    expect(await add(bob, dave)).toMatchObject(refusal(403, 'forbidden'));
    expect(await add(dave, dave)).toMatchObject(refusal(404, 'not_found'));
    await give(alice, bob, 'admin');
    expect(await add(bob, dave)).toMatchObject({
      status: 200,
      body: { items: [{ userId: dave.id, role: 'member' }] },
    });
    expect(await roles()).toEqual({ alice: 'owner', bob: 'admin', carol: 'member', dave: 'member' });
  });

  it('hear of the group before they hear of anything in it', async () => {
    await say(alice, 'before dave came');
    const inbox = await inboxOf(dave);
    await add(alice, dave);
    await inbox.next('member', ({ member }) => member.userId === dave.id);
    await say(alice, 'welcome');
    await inbox.next('message', ({ message }) => message.text === 'welcome');
    const types = inbox.heard
      .map((each) => each.type)
      .filter((type) => type !== 'ready' && type !== 'presence');
    expect(types).toEqual(['conversation', 'member', 'message']);
    expect(inbox.of('conversation')).toMatchObject([{ conversation: { id: group, name: 'hike' } }]);
  });

  it('take each its own rev when several are added at once, and who is in stays as they are', async () => {
    const erin = await person(server.url, 'erin');
    const inbox = await inboxOf(alice);
    const { body } = await add(alice, dave, carol, erin, dave);
    expect(body.items.map((each: { userId: string }) => each.userId)).toEqual([dave.id, carol.id, erin.id]);
    await inbox.next('member', ({ member }) => member.userId === erin.id);
    expect(inbox.of('member')).toMatchObject([
      { rev: 2, memberCount: 4, member: { userId: dave.id } },
      { rev: 3, memberCount: 5, member: { userId: erin.id } },
    ]);
  });

  it('are added all or not at all, and the answer names who cannot be', async () => {
    await dave.api('PUT', `/blocks/${alice.id}`);
    const erin = await person(server.url, 'erin');
    expect(await add(alice, erin, dave)).toMatchObject({
      status: 403,
      body: { error: { code: 'blocked', details: [{ path: dave.id }] } },
    });
    expect(Object.keys(await roles())).toHaveLength(3);
  });

  it('are removed by who outranks them', async () => {
    await give(alice, bob, 'admin');
    await add(alice, dave);
    await give(alice, dave, 'admin');
    expect(await remove(carol, bob)).toMatchObject(refusal(403, 'forbidden'));
    expect(await remove(bob, alice)).toMatchObject(refusal(403, 'forbidden'));
    expect(await remove(bob, dave)).toMatchObject(refusal(403, 'forbidden'));
    expect(await remove(bob, carol)).toMatchObject({ status: 204 });
    expect(await remove(bob, carol)).toMatchObject(refusal(404, 'not_found'));
    expect(await remove(alice, bob)).toMatchObject({ status: 204 });
    expect(await roles()).toEqual({ alice: 'owner', dave: 'admin' });
  });

  it('who are removed are told, and see nothing of it any more', async () => {
    const inbox = await inboxOf(bob);
    await remove(alice, bob);
    const { memberCount } = await inbox.next(
      'member',
      ({ member }) => member.userId === bob.id && member.left,
    );
    expect(memberCount).toBe(2);
    await say(alice, 'without bob');
    expect((await bob.api('GET', '/conversations')).body.items).toEqual([]);
    expect(await bob.api('GET', `/conversations/${group}/messages`)).toMatchObject(refusal(404, 'not_found'));
    expect(await say(bob, 'hey')).toMatchObject(refusal(404, 'not_found'));
    expect((await bob.api('GET', '/unsent')).body.items).toEqual([]);
    expect(inbox.texts).toEqual([]);
  });

  it('leave as they like, but the last owner hands over first', async () => {
    expect(await leave(alice)).toMatchObject(refusal(409, 'last_owner'));
    expect(await give(alice, alice, 'member')).toMatchObject(refusal(409, 'last_owner'));
    expect(await leave(bob)).toMatchObject({ status: 204 });
    expect(await leave(bob)).toMatchObject(refusal(404, 'not_found'));
    await give(alice, carol, 'owner');
    expect(await leave(alice)).toMatchObject({ status: 204 });
    expect((await carol.api('GET', `/conversations/${group}`)).body).toMatchObject({
      role: 'owner',
      memberCount: 1,
    });
    expect(await leave(carol)).toMatchObject({ status: 204 });
  });

  it('never lose their last owner, even when two owners leave at the same moment', async () => {
    await give(alice, carol, 'owner');
    const replies = await Promise.all([leave(alice), leave(carol)]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([204, 409]);
  });

  it('get their role from an owner; owners are equals', async () => {
    await give(alice, bob, 'admin');
    expect(await give(bob, carol, 'admin')).toMatchObject(refusal(403, 'forbidden'));
    expect(await give(alice, dave, 'admin')).toMatchObject(refusal(404, 'not_found'));
    const inbox = await inboxOf(carol);
    expect(await give(alice, bob, 'owner')).toMatchObject({ status: 204 });
    await inbox.next('member', ({ member }) => member.userId === bob.id && member.role === 'owner');
    expect(await give(bob, alice, 'member')).toMatchObject(refusal(403, 'forbidden'));
    expect(await remove(bob, alice)).toMatchObject(refusal(403, 'forbidden'));
    expect(await give(alice, alice, 'member')).toMatchObject({ status: 204 });
    expect(await roles()).toEqual({ alice: 'member', bob: 'owner', carol: 'member' });
  });

  it('who come back are plain members, to whom what was said meanwhile is neither unread nor unsent', async () => {
    await give(alice, bob, 'admin');
    await say(alice, 'one');
    await leave(bob);
    await say(alice, 'two');
    await add(alice, bob);
    const back = (await bob.api('GET', `/conversations/${group}`)).body;
    expect(back).toMatchObject({ role: 'member', unreadCount: 0, deliveredSeq: 2, readSeq: 2 });
    expect((await bob.api('GET', '/unsent')).body.items).toEqual([]);
    await say(alice, 'three');
    expect((await bob.api('GET', '/unsent')).body.items).toMatchObject([{ seq: 3, text: 'three' }]);
    expect((await bob.api('GET', `/conversations/${group}/messages`)).body.items).toHaveLength(3);
    const changes = (await alice.api('GET', `/conversations/${group}/changes?since=1`)).body;
    expect(changes.members).toMatchObject([{ userId: bob.id, left: false }]);
  });

  it('are listed page by page in the order in which they joined', async () => {
    await add(alice, dave);
    const first = (await bob.api('GET', `/conversations/${group}/members?limit=3`)).body;
    const rest = (await bob.api('GET', `/conversations/${group}/members?limit=3&cursor=${first.next}`)).body;
    expect(rest).toMatchObject({ items: [{ userId: dave.id }], next: null });
    const ids = [...first.items, ...rest.items].map((each: { userId: string }) => each.userId);
    expect(new Set(ids)).toEqual(new Set([alice.id, bob.id, carol.id, dave.id]));
  });

  it('mute for themselves, which nobody else is told', async () => {
    const inbox = await inboxOf(alice);
    expect(await bob.api('PATCH', path('me'), { muted: true })).toMatchObject({ status: 204 });
    expect((await bob.api('GET', `/conversations/${group}`)).body).toMatchObject({ muted: true, rev: 1 });
    expect((await alice.api('GET', `/conversations/${group}`)).body).toMatchObject({ muted: false, rev: 1 });
    expect(await alice.api('PATCH', path(bob.id), { muted: false })).toMatchObject(refusal(403, 'forbidden'));
    expect(await bob.api('PATCH', path('me'), {})).toMatchObject(refusal(400, 'bad_request'));
    expect(inbox.of('member')).toEqual([]);
  });
});
