import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, query } from '../../src/entities/database.ts';
import { personOf } from '../support/cast.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('an account that an admin deletes', () => {
  let databaseUrl: string;
  let server: TestServer;
  let root: Person;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let people = 0;

  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    server = await startTestServer({ databaseUrl, config: { admins: ['root'] } });
    root = await server.signUp('root');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`);
    bob = await server.signUp(`bob${people}`);
    carol = await server.signUp(`carol${people}`);
  });

  const remove = (person: Person) => root.api('DELETE', `/admin/users/${person.id}`);
  const createGroup = async (owner: Person, members: Person[]): Promise<string> => {
    const fields = { kind: 'group', name: 'hike', members: members.map(({ id }) => id) };
    return (await owner.api('POST', '/conversations', fields)).body.id;
  };
  const rolesIn = async (group: string, asker: Person) =>
    Object.fromEntries(
      (await asker.api('GET', `/conversations/${group}/members`)).body.items.map(
        (member: { userId: string; role: string }) => [member.userId, member.role],
      ),
    );

  it('is gone at once; what it said stays, by a deleted user', async () => {
    const group = await createGroup(bob, [alice]);
    await alice.api('POST', `/conversations/${group}/messages`, { text: 'farewell' });
    const inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    expect((await remove(alice)).status).toBe(204);
    expect(await inbox.left).toBe(4001);
    expect((await alice.api('GET', '/me')).status).toBe(401);
    expect((await bob.api('GET', `/users/${alice.id}`)).body.displayName).toBe('Deleted user');
    expect((await bob.api('GET', `/conversations/${group}/messages`)).body.items).toMatchObject([
      { text: 'farewell', senderId: alice.id },
    ]);
    const shown = (await root.api('GET', `/admin/users/${alice.id}`)).body;
    expect(shown).toMatchObject({ email: null, deletedAt: expect.stringMatching(/Z$/) });
    expect(await remove(alice)).toMatchObject(refusal(404, 'not_found'));
  });

  it('hands its groups over to an admin of theirs, else to whoever is there longest', async () => {
    const withAdmin = await createGroup(alice, [bob, carol]);
    await alice.api('PATCH', `/conversations/${withAdmin}/members/${carol.id}`, { role: 'admin' });
    const without = await createGroup(alice, []);
    await alice.api('POST', `/conversations/${without}/members`, { userIds: [carol.id] });
    await alice.api('POST', `/conversations/${without}/members`, { userIds: [bob.id] });
    const inbox = await personOf(server.url, { user: bob, accessToken: bob.accessToken }).join('inbox');
    expect((await remove(alice)).status).toBe(204);
    await inbox.next('member', ({ member }) => member.userId === carol.id && member.role === 'owner');
    await inbox.next('member', ({ member }) => member.userId === alice.id && member.left);
    await inbox.room.leave();
    for (const group of [withAdmin, without])
      expect(await rolesIn(group, bob)).toEqual({ [carol.id]: 'owner', [bob.id]: 'member' });
  });

  it('stays in the audit log by its name, as does an admin who goes', async () => {
    await root.api('PUT', `/admin/users/${bob.id}/admin`);
    await bob.api('PUT', `/admin/users/${alice.id}/suspension`);
    await remove(alice);
    await remove(bob);
    const { items } = (await root.api('GET', `/admin/audit?userId=${alice.id}`)).body;
    expect(items).toMatchObject([
      { action: 'delete', user: { username: alice.username } },
      { action: 'suspend', user: { username: alice.username }, admin: { username: bob.username } },
    ]);
  });

  it('cannot be struck from the audit log, even in the database', async () => {
    await remove(alice);
    const database = await openDatabase({ url: databaseUrl, dataDir: server.dataDir, poolSize: 1 });
    try {
      for (const sql of [
        'delete from audit_entry',
        `update audit_entry set note = ''`,
        'truncate audit_entry',
      ])
        await expect(query(database.em.fork(), sql, [])).rejects.toThrow(/only added to/);
    } finally {
      await database.close(true);
    }
    expect((await root.api('GET', `/admin/audit?userId=${alice.id}`)).body.items).toHaveLength(1);
  });
});
