import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../../support/cast.ts';
import { upload } from '../../support/files.ts';
import { picture } from '../../support/pictures.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { type Client, native, registered } from './client.ts';

describe('the inbox and the threads of chatable', () => {
  let server: TestServer;
  let url: string;
  let alice: Client;
  let bob: Client;
  let bobs: Person;
  beforeAll(async () => {
    server = await startTestServer();
    url = `${server.url}/chatable`;
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    [alice, bob] = [await registered(url, 'alice'), await registered(url, 'bob')];
    bobs = await native(server, bob);
  });

  const dialogOf = async (one: Person, username: string): Promise<string> =>
    (await one.api('POST', '/conversations', { kind: 'dialog', username })).body.id;

  /** As somebody who does not speak chatable. */
  const say = async (one: Person, to: string, text: string): Promise<void> => {
    const answer = await one.api('POST', `/conversations/${await dialogOf(one, to)}/messages`, { text });
    expect(answer.status).toBe(201);
  };

  const inbox = async (client: Client, page = ''): Promise<any> =>
    (await client.get(`/api/inbox${page}`)).body;
  const thread = async (client: Client, name: string, page = ''): Promise<any> =>
    (await client.get(`/api/thread/${name}${page}`)).body;
  const texts = ({ data }: { data: { message: string }[] }): string[] => data.map(({ message }) => message);

  it('show one thread for each person, the latest first, under whoever wrote last', async () => {
    const carol = await person(server.url, 'carol');
    await say(bobs, alice.username, 'Hi alice');
    await say(carol, alice.username, 'psst');
    await say(await native(server, alice), bob.username, 'Hi bob');
    expect((await inbox(alice)).data).toEqual([
      {
        author_username: alice.username,
        created_at: expect.stringMatching(/^\d{4}-.*\dZ$/),
        latest_message: 'Hi bob',
        with_username: bob.username,
        unread: 1,
      },
      expect.objectContaining({
        author_username: carol.username,
        latest_message: 'psst',
        with_username: carol.username,
      }),
    ]);
    expect((await inbox(bob)).data).toMatchObject([
      { author_username: alice.username, with_username: alice.username },
    ]);
  });

  it('are read ten at a time, and a page past the end is empty', async () => {
    for (let n = 1; n <= 23; n += 1) await say(bobs, alice.username, String(n));
    const first = await thread(alice, bob.username);
    expect(first).toMatchObject({ page: 1, per_page: 10, current_page: 10 });
    expect(texts(first)).toEqual(['23', '22', '21', '20', '19', '18', '17', '16', '15', '14']);
    const third = await thread(alice, bob.username, '?page=3');
    expect(third).toMatchObject({ page: 3, per_page: 10, current_page: 3 });
    expect(texts(third)).toEqual(['3', '2', '1']);
    const past = await thread(alice, bob.username, '?page=4');
    expect(past).toMatchObject({ status: 'success', data: [], page: 4, current_page: 0 });
    expect(await inbox(alice, '?page=2')).toMatchObject({ data: [], page: 2, current_page: 0 });
    for (const odd of ['0', '-1', 'x', '1.5', '', '9'.repeat(400), '%00'])
      expect(texts(await thread(alice, bob.username, `?page=${odd}`))).toEqual(texts(first));
    expect(await inbox(alice, '?page=900719925474099')).toMatchObject({ data: [], current_page: 0 });
  });

  it('show more than ten people on pages that do not overlap', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => person(server.url, 'friend')));
    for (const one of all) await say(one, alice.username, 'hello');
    const [first, second] = [await inbox(alice), await inbox(alice, '?page=2')];
    expect([first.current_page, second.current_page]).toEqual([10, 2]);
    const names = [...first.data, ...second.data].map(({ with_username: name }) => name);
    expect(names).toEqual(all.map(({ username }) => username).reverse());
  });

  it('show what became of a message: its new text, or nothing', async () => {
    for (const text of ['one', 'two', 'three']) await say(bobs, alice.username, text);
    const path = `/conversations/${await dialogOf(bobs, alice.username)}/messages`;
    await bobs.api('PATCH', `${path}/2`, { text: 'zwei' });
    await bobs.api('DELETE', `${path}/3`);
    expect((await inbox(alice)).data).toMatchObject([{ latest_message: 'zwei', unread: 2 }]);
    expect(texts(await thread(alice, bob.username))).toEqual(['zwei', 'one']);
    await bobs.api('DELETE', `${path}/1`);
    await bobs.api('DELETE', `${path}/2`);
    expect(await thread(alice, bob.username)).toMatchObject({ data: [], current_page: 0 });
    expect((await inbox(alice)).data).toEqual([]);
  });

  it('show files as links that open, and a picture by itself as a photo', async () => {
    const as = { accessToken: bobs.token };
    const notes = (await upload(server, as, 'the notes')).body;
    const image = (await upload(server, as, await picture().png().toBuffer(), { name: 'a.png' })).body;
    const path = `/conversations/${await dialogOf(bobs, alice.username)}/messages`;
    await bobs.api('POST', path, { text: 'see', attachments: [notes.id] });
    await bobs.api('POST', path, { attachments: [image.id] });
    const [photo, text] = (await thread(alice, bob.username)).data;
    expect([photo.message_type, text.message_type]).toEqual([1, 0]);
    expect((await fetch(photo.message)).headers.get('content-type')).toMatch(/^image\//);
    const [words, link] = text.message.split('\n');
    expect([words, await (await fetch(link)).text()]).toEqual(['see', 'the notes']);
  });

  it('count as read once they are opened at their first page, for all clients', async () => {
    for (let n = 1; n <= 11; n += 1) await say(bobs, alice.username, String(n));
    const id = await dialogOf(bobs, alice.username);
    const unread = async (): Promise<number> => (await inbox(alice)).data[0].unread;
    await thread(alice, bob.username, '?page=2');
    expect(await unread()).toBe(11);
    await thread(alice, bob.username);
    expect(await unread()).toBe(0);
    const alices = await native(server, alice);
    expect((await alices.api('GET', `/conversations/${id}`)).body).toMatchObject({
      readSeq: 11,
      unreadCount: 0,
    });
    await say(bobs, alice.username, 'one more');
    expect(await unread()).toBe(1);
  });

  it('show what one writes to oneself once', async () => {
    await say(bobs, bob.username, 'milk');
    expect((await inbox(bob)).data).toMatchObject([
      { author_username: bob.username, with_username: bob.username, latest_message: 'milk', unread: 0 },
    ]);
    expect((await thread(bob, bob.username)).data).toMatchObject([
      { author: bob.username, recipient: bob.username, message: 'milk' },
    ]);
  });

  it('have no word for groups', async () => {
    const carol = await person(server.url, 'carol');
    const { id } = (
      await carol.api('POST', '/conversations', { kind: 'group', name: 'all', members: [bobs.id] })
    ).body;
    await carol.api('POST', `/conversations/${id}/messages`, { text: 'to all' });
    expect((await inbox(bob)).data).toEqual([]);
  });

  it('tell an unknown name from what is no name, and know the names that others have', async () => {
    const unknown = await bob.get('/api/thread/nobody_at_all');
    expect([unknown.status, unknown.body]).toEqual([
      400,
      {
        status: 'fail',
        data: [],
        error: { code: 400, errors: { error: 'unknown username' }, message: 'User error' },
        page: 1,
        per_page: 10,
        current_page: 0,
      },
    ]);
    for (const path of ['1abc', 'a', 'a-b', '%00', '%zz', 'x/y', '', `b${'ö'.repeat(300)}`])
      expect([path, (await bob.get(`/api/thread/${path}`)).status]).toEqual([path, 404]);
    const guest = await person(server.url, 'guest');
    expect(guest.username).toContain('-');
    await say(guest, bob.username, 'as a guest');
    expect(texts(await thread(bob, guest.username))).toEqual(['as a guest']);
    expect(texts(await thread(bob, guest.username.toUpperCase()))).toEqual(['as a guest']);
  });

  it('make no dialog by being looked at, and show nobody the dialogs of others', async () => {
    await say(bobs, alice.username, 'between us');
    const carol = await registered(url, 'carol');
    expect((await thread(carol, bob.username)).data).toEqual([]);
    expect((await inbox(carol)).data).toEqual([]);
    const { items } = (await (await native(server, carol)).api('GET', '/conversations')).body;
    expect(items).toEqual([]);
  });

  it.each(['/api/inbox', '/api/thread/bob', '/api/ws'])('are not shown to strangers: %s', async (path) => {
    const answer = await fetch(url + path);
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { error: { errors: { error: 'Unauthenticated' } } },
    ]);
    const known = await bob.get(path);
    expect(known.status).not.toBe(401);
  });
});
