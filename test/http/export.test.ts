import { once } from 'node:events';
import { request } from 'node:http';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXPORTED_MESSAGES_PER_FILE } from '../../src/chat/limits.ts';
import { openDatabase, query } from '../../src/entities/database.ts';
import { upload } from '../support/files.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('the export of everything about oneself', () => {
  let databaseUrl: string;
  let server: TestServer;
  let root: Person;
  let alice: Person;
  let bob: Person;
  let people = 0;

  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    server = await startTestServer({ databaseUrl, config: { admins: ['root'] } });
    root = await server.signUp('root');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`, { email: `alice${people}@example.org`, device: 'desk' });
    bob = await server.signUp(`bob${people}`);
  });

  const ask = ({ accessToken }: Person) =>
    fetch(`${server.url}/api/v1/me/export`, { headers: { Authorization: `Bearer ${accessToken}` } });
  /** As files whose names mean what they hold. */
  const exportOf = async (person: Person): Promise<Record<string, any>> => {
    const response = await ask(person);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    return Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => {
        const text = strFromU8(bytes);
        return [name, name.endsWith('.json') ? JSON.parse(text) : text];
      }),
    );
  };
  const say = (person: Person, conversation: string, text: string) =>
    person.api('POST', `/conversations/${conversation}/messages`, { text });
  const createGroup = async (owner: Person, ...members: Person[]): Promise<string> => {
    const fields = { kind: 'group', name: 'hike', members: members.map(({ id }) => id) };
    return (await owner.api('POST', '/conversations', fields)).body.id;
  };

  it('has the account, its sessions, friends, blocks and what admins did, and a page that explains it', async () => {
    await server.api('POST', '/sessions', { username: alice.username, password: PASSWORD, device: 'phone' });
    await alice.api('POST', '/friendships', { userId: bob.id });
    const { id: list } = (await upload(server, alice, 'bread', { name: 'list.txt' })).body;
    const carol = await server.signUp(`carol${people}`);
    await alice.api('PUT', `/blocks/${carol.id}`);
    await root.api('PUT', `/admin/users/${alice.id}/verification`, { note: 'showed a letter to bob' });
    await alice.api('POST', '/invitations', { email: 'dave@example.org' });
    const files = await exportOf(alice);
    expect(Object.keys(files).sort()).toEqual([
      'README.txt',
      'audit.json',
      'blocks.json',
      'conversations.json',
      'friendships.json',
      'identities.json',
      'invitations.json',
      'passkeys.json',
      'profile.json',
      'sessions.json',
      'uploads.json',
      `uploads/${list}.txt`,
    ]);
    for (const name of Object.keys(files))
      expect(files['README.txt']).toContain(name.replace('README.txt', '').replace(`${list}.txt`, ''));
    expect(files[`uploads/${list}.txt`]).toBe('bread');
    expect(files['uploads.json']).toMatchObject([{ name: 'list.txt', size: 5 }]);
    expect(files['invitations.json']).toMatchObject([{ email: 'dave@example.org' }]);
    expect(files['profile.json']).toMatchObject([{ id: alice.id, email: `alice${people}@example.org` }]);
    const devices = files['sessions.json'].map((session: { device: string }) => session.device);
    expect(devices.sort()).toEqual(['desk', 'phone']);
    expect(files['friendships.json']).toMatchObject([{ addresseeId: bob.id, status: 'pending' }]);
    expect(files['blocks.json']).toMatchObject([{ userId: carol.id }]);
    expect(files['audit.json']).toEqual([{ at: expect.any(String), action: 'verify' }]);
    expect(JSON.stringify(files)).not.toMatch(/argon2|hash"/i);
    expect((await exportOf(root))['audit.json']).toContainEqual(
      expect.objectContaining({ userId: alice.id, note: 'showed a letter to bob' }),
    );
  });

  it('has what was said in dialogs, and in groups what oneself said and heard', async () => {
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    await say(bob, dialog, 'hello alice');
    await say(alice, dialog, 'hello bob 🙂');
    const group = await createGroup(bob);
    await say(bob, group, 'before alice');
    await bob.api('POST', `/conversations/${group}/members`, { userIds: [alice.id] });
    await say(bob, group, 'welcome');
    const left = await createGroup(bob, alice);
    await say(bob, left, 'not hers any more');
    await say(alice, left, 'farewell');
    await alice.api('DELETE', `/conversations/${left}/members/${alice.id}`);
    await createGroup(bob);
    await bob.api('PATCH', `/conversations/${group}`, { description: 'Every Sunday' });
    const files = await exportOf(alice);
    const texts = (id: string) =>
      files[`messages/${id}/0001.json`].map((message: { text: string }) => message.text);
    expect(texts(dialog)).toEqual(['hello alice', 'hello bob 🙂']);
    expect(texts(group)).toEqual(['welcome']);
    expect(texts(left)).toEqual(['farewell']);
    expect(files['conversations.json']).toHaveLength(3);
    expect(files['conversations.json']).toContainEqual(
      expect.objectContaining({ id: group, name: 'hike', description: 'Every Sunday' }),
    );
    expect(files['conversations.json']).toContainEqual(
      expect.objectContaining({ id: dialog, peer: expect.objectContaining({ id: bob.id }), leftAt: null }),
    );
    expect(files['conversations.json']).toContainEqual(
      expect.objectContaining({ id: left, leftAt: expect.stringMatching(/Z$/) }),
    );
  });

  it('has every one of many messages once, in several files', async () => {
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    const count = 2 * EXPORTED_MESSAGES_PER_FILE + 1;
    await addMessages(dialog, bob, count);
    const files = await exportOf(alice);
    const names = Object.keys(files).filter((name) => name.startsWith('messages/'));
    expect(names).toEqual(['0001', '0002', '0003'].map((n) => `messages/${dialog}/${n}.json`));
    const seqs = names.flatMap((name) => files[name].map(({ seq }: { seq: number }) => seq));
    expect(seqs).toEqual(Array.from({ length: count }, (_, n) => n + 1));
  });

  it('is read one at a time by each, and begins again when it was dropped', async () => {
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    await addMessages(dialog, bob, 50_000);
    const slow = await open(alice);
    expect(await alice.api('GET', '/me/export')).toMatchObject(refusal(409, 'conflict'));
    const bobs = await open(bob);
    expect(bobs.statusCode).toBe(200);
    bobs.destroy();
    slow.destroy();
    await expect.poll(async () => (await ask(alice)).status, { timeout: 20_000 }).toBe(200);
  });

  it('breaks off when its session ends', async () => {
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    await addMessages(dialog, bob, 50_000);
    const reading = await open(alice);
    await root.api('PUT', `/admin/users/${alice.id}/suspension`);
    const [error] = await Promise.all([once(reading, 'error'), reading.resume()]);
    expect(error).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(reading.complete).toBe(false);
  });

  it('is nobody else’s', async () => {
    expect(await server.api('GET', '/me/export')).toMatchObject(refusal(401, 'unauthenticated'));
  });

  /** The answer with nothing of its body taken yet. */
  async function open({ accessToken }: Person) {
    const asked = request(`${server.url}/api/v1/me/export`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    asked.end();
    const [answer] = await once(asked, 'response');
    return answer as import('node:http').IncomingMessage;
  }

  /** All at once: sending them one by one takes longer than the test. Texts that cannot be squeezed much. */
  async function addMessages(conversationId: string, { id }: Person, count: number): Promise<void> {
    const database = await openDatabase({ url: databaseUrl, dataDir: server.dataDir, poolSize: 1 });
    try {
      await query(
        database.em.fork(),
        `insert into message (conversation_id, seq, sender_id, text, created_at, rev)
         select $1, n, $2, md5(n::text) || md5((2 * n)::text), now(), n + 1 from generate_series(1, $3::int) n`,
        [conversationId, id, count],
      );
      await query(database.em.fork(), 'update conversation set last_seq = $2, rev = $2 + 1 where id = $1', [
        conversationId,
        count,
      ]);
    } finally {
      await database.close(true);
    }
  }
});
