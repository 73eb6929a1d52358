import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMALL_GROUP } from '../../src/chat/limits.ts';
import { openDatabase } from '../../src/entities/database.ts';
import { type Joined, type Person, person } from '../support/cast.ts';
import { crowd } from '../support/crowd.ts';
import { upload } from '../support/files.ts';
import { picture } from '../support/pictures.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

describe('another name or picture', () => {
  let databaseUrl: string;
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    server = await startTestServer({ databaseUrl, config: { admins: ['root'] } });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    carol = await person(server.url, 'carol');
  });

  const call = async (who: Person, displayName: string): Promise<void> => {
    expect(await who.api('PATCH', '/me', { displayName })).toMatchObject({ status: 200 });
  };
  const befriend = async (asker: Person, other: Person): Promise<void> => {
    const { body } = await asker.api('POST', '/friendships', { userId: other.id });
    await other.api('PATCH', `/friendships/${body.id}`, { status: 'accepted' });
  };
  const createGroup = async (owner: Person, members: readonly string[]): Promise<string> =>
    (await owner.api('POST', '/conversations', { kind: 'group', name: 'hike', members })).body.id;
  const called = (name: string) => (event: any) => event.user.displayName === name;
  /** What they have been told of others, once all that was on its way has come. */
  const toldOf = async (inbox: Joined): Promise<string[]> => {
    await inbox.request('unsent');
    return inbox.of('user').map(({ user }) => user.displayName);
  };

  it('is heard at once by friends, by who is in a small group with them, by their other devices, and by no stranger', async () => {
    await befriend(alice, bob);
    await createGroup(alice, [bob.id, carol.id]);
    const [alices, bobs, carols] = await Promise.all([alice, bob, carol].map((each) => each.join('inbox')));
    const strangers = await (await person(server.url, 'dave')).join('inbox');
    const username = `${alice.username}-ada`;
    await alice.api('PATCH', '/me', { username, displayName: 'Ada' });
    const { body: user } = await bob.api('GET', `/users/${alice.id}`);
    expect(user).toMatchObject({ id: alice.id, username, displayName: 'Ada' });
    for (const inbox of [alices, bobs, carols]) expect(await inbox!.next('user')).toEqual({ user });
    for (const inbox of [alices, bobs, carols]) expect(await toldOf(inbox!)).toEqual(['Ada']);
    expect(await toldOf(strangers)).toEqual([]);
  });

  it('is heard by whom they have asked to be friends, and by who has asked them', async () => {
    await alice.api('POST', '/friendships', { userId: bob.id });
    await carol.api('POST', '/friendships', { userId: alice.id });
    const [bobs, carols] = [await bob.join('inbox'), await carol.join('inbox')];
    await call(alice, 'Ada');
    for (const inbox of [bobs, carols]) await inbox.next('user', called('Ada'));
  });

  it('is shown in the state of a dialog’s and a group’s room, and told there', async () => {
    const group = await createGroup(alice, [carol.id]);
    const bobs = await bob.join('dialog', { userId: alice.id });
    const carols = await carol.join('group', { id: group });
    await alice.api('PATCH', '/me', { username: `${alice.username}-ada`, displayName: 'Ada' });
    for (const joined of [bobs, carols]) {
      await joined.next('user', called('Ada'));
      await joined.until(() => joined.state.members.get(alice.id).displayName === 'Ada');
      expect(joined.state.members.get(alice.id).username).toBe(`${alice.username}-ada`);
    }
    expect(bobs.state.members.get(bob.id).displayName).toBe('bob');
  });

  it('is told in the room of a large group, and not to the inbox of each of its members', async () => {
    const database = await openDatabase({ url: databaseUrl, dataDir: '', poolSize: 1 });
    const others = await crowd(database, SMALL_GROUP);
    await database.close(true);
    const group = await createGroup(alice, [carol.id, ...others]);
    const [room, inbox] = [await carol.join('group', { id: group }), await carol.join('inbox')];
    await alice.join('group', { id: group });
    await room.until(() => room.state.members.has(alice.id));
    await call(alice, 'Ada');
    await room.until(() => room.state.members.get(alice.id).displayName === 'Ada');
    expect(await toldOf(inbox)).toEqual([]);
  });

  it('is told to nobody when it is taken, and when it is the same as before', async () => {
    await befriend(alice, bob);
    const bobs = await bob.join('inbox');
    expect(await alice.api('PATCH', '/me', { username: carol.username })).toMatchObject({ status: 409 });
    await call(alice, 'alice');
    expect(await alice.api('DELETE', '/me/avatar')).toMatchObject({ status: 204 });
    await call(alice, 'Ada');
    await bobs.next('user', called('Ada'));
    expect(await toldOf(bobs)).toEqual(['Ada']);
  });

  it('is told when a picture is set, and when it is taken away', async () => {
    await befriend(alice, bob);
    const bobs = await bob.join('inbox');
    const form = { method: 'PUT', path: '/me/avatar', name: 'me.png' };
    const png = await picture().png().toBuffer();
    const { body } = await upload(server, { accessToken: alice.token }, png, form);
    const { user } = await bobs.next('user');
    expect(user).toMatchObject({ id: alice.id, avatar: body.avatar });
    expect(await fetch(server.url + user.avatar)).toMatchObject({ status: 200 });
    await alice.api('DELETE', '/me/avatar');
    await bobs.next('user', ({ user }) => user.avatar === null);
  });

  it('is told when a guest makes a full account', async () => {
    await befriend(alice, bob);
    const bobs = await bob.join('inbox');
    await alice.api('POST', '/me/complete', { displayName: 'Ada', password: PASSWORD });
    expect(await bobs.next('user')).toMatchObject({ user: { displayName: 'Ada', guest: false } });
  });

  it('is that of a deleted user for all whom who deleted their account leaves behind', async () => {
    const [one, other] = [await person(server.url, 'dave'), alice];
    const root = await server.signUp('root');
    for (const leaver of [one, other]) {
      await befriend(leaver, bob);
      await createGroup(carol, [leaver.id]);
    }
    const [bobs, carols] = [await bob.join('inbox'), await carol.join('inbox')];
    expect(await one.api('DELETE', '/me', {})).toMatchObject({ status: 204 });
    expect(await root.api('DELETE', `/admin/users/${other.id}`)).toMatchObject({ status: 204 });
    for (const { id } of [one, other]) {
      for (const inbox of [bobs, carols]) {
        const { user } = await inbox.next('user', ({ user }) => user.id === id);
        expect(user).toMatchObject({ displayName: 'Deleted user', avatar: null });
        expect(user.username).toMatch(/^deleted-\d+$/);
      }
    }
  });
});
