import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const nobody = '00000000-0000-4000-8000-000000000000';

describe('a group', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    carol = await person(server.url, 'carol');
  });

  const create = (owner: Person, fields: object = {}) =>
    owner.api('POST', '/conversations', { kind: 'group', name: 'hike', ...fields });
  const search = async (one: Person, query: string) =>
    (await one.api('GET', `/groups?query=${encodeURIComponent(query)}`)).body.items;

  it('belongs to who makes it and is told to everybody in it', async () => {
    const inbox = await bob.join('inbox');
    await inbox.next('ready');
    const created = await create(alice, { members: [bob.id, bob.id, alice.id] });
    expect(created).toMatchObject({
      status: 201,
      body: {
        kind: 'group',
        name: 'hike',
        description: '',
        visibility: 'private',
        role: 'owner',
        memberCount: 2,
        rev: 1,
        peer: null,
      },
    });
    const { id } = created.body;
    await inbox.next('conversation', ({ conversation }) => conversation.name === 'hike');
    const { items } = (await bob.api('GET', `/conversations/${id}/members`)).body;
    expect(new Map(items.map((each: { userId: string; role: string }) => [each.userId, each.role]))).toEqual(
      new Map([
        [alice.id, 'owner'],
        [bob.id, 'member'],
      ]),
    );
  });

  it('of more than a hundred is told to each who is put into it, then and later', async () => {
    const crowd = await Promise.all(Array.from({ length: 100 }, () => person(server.url, 'guest')));
    const inboxes = [await bob.join('inbox'), await carol.join('inbox')];
    for (const inbox of inboxes) await inbox.next('ready');
    const members = [bob, ...crowd].map((member) => member.id);
    const { id } = (await create(alice, { members })).body;
    await alice.api('POST', `/conversations/${id}/members`, { userIds: [carol.id] });
    for (const inbox of inboxes)
      await inbox.next('conversation', ({ conversationId }) => conversationId === id);
    await alice.api('POST', `/conversations/${id}/messages`, { text: 'hello, all' });
    for (const inbox of inboxes) await inbox.next('message', ({ message }) => message.text === 'hello, all');
    expect((await carol.api('GET', `/conversations/${id}`)).body).toMatchObject({
      memberCount: 103,
      unreadCount: 1,
    });
  });

  it('is made with people who exist, all or not at all, and with a name', async () => {
    expect(await create(alice, { members: [bob.id, nobody] })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found', details: [{ path: nobody }] } },
    });
    for (const fields of [
      { name: '' },
      { name: 'x'.repeat(101) },
      { name: 'a\0b' },
      { visibility: 'secret' },
    ]) {
      expect(await create(alice, fields)).toMatchObject(refusal(400, 'bad_request'));
    }
    const crowd = Array.from({ length: 501 }, () => nobody);
    expect(await create(alice, { members: crowd })).toMatchObject(refusal(400, 'bad_request'));
    expect((await bob.api('GET', '/conversations')).body.items).toEqual([]);
  });

  it('is renamed by owners and admins, which all are told once', async () => {
    const { id } = (await create(alice, { members: [bob.id, carol.id] })).body;
    await alice.api('PATCH', `/conversations/${id}/members/${bob.id}`, { role: 'admin' });
    const inbox = await carol.join('inbox');
    await inbox.next('ready');
    expect(await bob.api('PATCH', `/conversations/${id}`, { name: 'hike' })).toMatchObject({ status: 200 });
    const renamed = await bob.api('PATCH', `/conversations/${id}`, { name: 'Sunday hike' });
    expect(renamed).toMatchObject({ status: 200, body: { id, name: 'Sunday hike', visibility: 'private' } });
    await inbox.next('conversation', ({ conversation }) => conversation.name === 'Sunday hike');
    expect(inbox.of('conversation')).toHaveLength(1);
    expect(await carol.api('PATCH', `/conversations/${id}`, { name: 'mine' })).toMatchObject(
      refusal(403, 'forbidden'),
    );
    expect(await alice.api('PATCH', `/conversations/${id}`, {})).toMatchObject(refusal(400, 'bad_request'));
    expect((await carol.api('GET', `/conversations/${id}`)).body).toMatchObject({
      name: 'Sunday hike',
      rev: 3,
    });
    const changes = (await carol.api('GET', `/conversations/${id}/changes?since=2`)).body;
    expect(changes).toMatchObject({ rev: 3, conversation: { name: 'Sunday hike' }, messages: [] });
  });

  it('says what it is about, as owners and admins have it, which all are told once', async () => {
    const about = 'Every Sunday';
    const made = await create(alice, { members: [bob.id, carol.id], description: ` ${about}\n` });
    expect(made).toMatchObject({ status: 201, body: { description: about } });
    const path = `/conversations/${made.body.id}`;
    await alice.api('PATCH', `${path}/members/${bob.id}`, { role: 'admin' });
    const inbox = await carol.join('inbox');
    await inbox.next('ready');
    expect(await bob.api('PATCH', path, { description: `${about} ` })).toMatchObject({ status: 200 });
    const longest = 'x'.repeat(500);
    for (const description of [longest, '']) {
      const changed = await bob.api('PATCH', path, { description });
      expect(changed).toMatchObject({ status: 200, body: { name: 'hike', description } });
      await inbox.next('conversation', ({ conversation }) => conversation.description === description);
      expect((await carol.api('GET', path)).body.description).toBe(description);
      expect((await carol.api('GET', '/conversations')).body.items[0].description).toBe(description);
    }
    expect(inbox.of('conversation')).toHaveLength(2);
    const changes = (await carol.api('GET', `${path}/changes?since=3`)).body;
    expect(changes).toMatchObject({ rev: 4, conversation: { name: 'hike', description: '' } });
  });

  it('says nothing that is too long, cannot be stored, or comes from who does not look after it', async () => {
    const { id } = (await create(alice, { members: [carol.id], description: 'as it was' })).body;
    for (const description of ['x'.repeat(501), 'a\0b', '\ud800', null]) {
      expect(await create(bob, { description })).toMatchObject(refusal(400, 'bad_request'));
      expect(await alice.api('PATCH', `/conversations/${id}`, { description })).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_request', details: [{ path: 'description' }] } },
      });
    }
    const change = (one: Person, of = id) =>
      one.api('PATCH', `/conversations/${of}`, { description: 'mine' });
    expect(await change(carol)).toMatchObject(refusal(403, 'forbidden'));
    expect(await change(bob)).toMatchObject(refusal(404, 'not_found'));
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body;
    expect(dialog.description).toBe('');
    expect(await change(alice, dialog.id)).toMatchObject(refusal(400, 'bad_request'));
    expect((await bob.api('GET', '/conversations')).body.items).toMatchObject([{ id: dialog.id }]);
    expect((await carol.api('GET', `/conversations/${id}`)).body).toMatchObject({
      description: 'as it was',
      rev: 1,
    });
  });

  it('is found by the beginning of its name while it is public and somebody is in it', async () => {
    const name = `Trail ${alice.id.slice(0, 8)}`;
    const { id } = (
      await create(alice, { name: `${name} 100%`, description: 'uphill', visibility: 'public' })
    ).body;
    await create(alice, { name: `${name} secret` });
    const seen = { id, description: 'uphill', memberCount: 1, joined: false };
    expect(await search(bob, name.toLowerCase())).toMatchObject([seen]);
    expect(await search(alice, `${name} 100%`)).toMatchObject([{ id, joined: true }]);
    expect(await search(bob, `${name} %`)).toEqual([]);
    expect((await bob.api('GET', `/groups/${id}`)).body).toMatchObject(seen);
    await alice.api('PATCH', `/conversations/${id}`, { visibility: 'private' });
    expect(await search(bob, name)).toEqual([]);
    expect(await bob.api('GET', `/groups/${id}`)).toMatchObject(refusal(404, 'not_found'));
    await alice.api('PATCH', `/conversations/${id}`, { visibility: 'public' });
    await alice.api('DELETE', `/conversations/${id}/members/me`);
    expect(await search(bob, name)).toEqual([]);
  });

  it('is listed among public ones page by page, by name, same names too', async () => {
    const prefix = `page ${alice.id.slice(0, 8)}`;
    const names = ['b', 'a', 'C', 'a'].map((end) => `${prefix} ${end}`);
    for (const name of names) await create(alice, { name, visibility: 'public' });
    const seen: { id: string; name: string }[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor && `&cursor=${cursor}`;
      const { body }: { body: { items: typeof seen; next: string | null } } = await bob.api(
        'GET',
        `/groups?query=${encodeURIComponent(prefix)}&limit=1${query}`,
      );
      seen.push(...body.items);
      cursor = body.next;
    }
    expect(seen.map(({ name }) => name.slice(-1))).toEqual(['a', 'a', 'b', 'C']);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(4);
  });

  it('is joined by anybody while it is public, once, by any of their devices', async () => {
    const { id } = (await create(alice, { visibility: 'public' })).body;
    const inbox = await alice.join('inbox');
    await inbox.next('ready');
    const replies = await Promise.all([1, 2, 3].map(() => bob.api('PUT', `/conversations/${id}/members/me`)));
    for (const reply of replies)
      expect(reply).toMatchObject({ status: 200, body: { id, role: 'member', memberCount: 2 } });
    const { memberCount, rev } = await inbox.next('member', ({ member }) => member.userId === bob.id);
    expect({ memberCount, rev }).toEqual({ memberCount: 2, rev: 2 });
    expect(inbox.of('member')).toHaveLength(1);
    await alice.api('PATCH', `/conversations/${id}`, { visibility: 'private' });
    expect(await carol.api('PUT', `/conversations/${id}/members/me`)).toMatchObject(
      refusal(404, 'not_found'),
    );
    expect(await bob.api('PUT', `/conversations/${id}/members/me`)).toMatchObject({ status: 200 });
  });

  it('that everybody has left belongs to the first who comes back', async () => {
    const { id } = (await create(alice, { visibility: 'public' })).body;
    expect(await alice.api('DELETE', `/conversations/${id}/members/me`)).toMatchObject({ status: 204 });
    expect(await bob.api('PUT', `/conversations/${id}/members/me`)).toMatchObject({
      body: { role: 'owner' },
    });
    expect(await alice.api('PUT', `/conversations/${id}/members/me`)).toMatchObject({
      body: { role: 'member' },
    });
  });
});
