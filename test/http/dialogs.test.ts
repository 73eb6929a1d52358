import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const nobody = '00000000-0000-4000-8000-000000000000';

describe('a dialog', () => {
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

  const open = (one: Person, userId: string) => one.api('POST', '/conversations', { kind: 'dialog', userId });

  it('is made on first use, and is the same for both from then on', async () => {
    const opened = await open(alice, bob.id);
    expect(opened).toMatchObject({
      status: 200,
      body: {
        kind: 'dialog',
        name: '',
        peer: { id: bob.id },
        memberCount: 2,
        lastSeq: 0,
        rev: 1,
        role: 'member',
      },
    });
    const { id } = opened.body;
    expect((await open(bob, alice.id)).body).toMatchObject({ id, peer: { id: alice.id } });
    const named = await bob.api('POST', '/conversations', { kind: 'dialog', username: alice.username });
    expect(named.body.id).toBe(id);
    expect((await open(bob, alice.id.toUpperCase())).body.id).toBe(id);
  });

  it('is told to both when it is made, and not again', async () => {
    const inboxes = [await alice.join('inbox'), await bob.join('inbox')];
    for (const inbox of inboxes) await inbox.next('ready');
    const { id } = (await open(alice, bob.id)).body;
    await open(bob, alice.id);
    await alice.api('POST', `/conversations/${id}/messages`, { text: 'hello' });
    for (const inbox of inboxes) {
      await inbox.next('message');
      expect(inbox.of('conversation')).toMatchObject([
        { conversationId: id, conversation: { kind: 'dialog' } },
      ]);
    }
  });

  it('with oneself is a place for notes', async () => {
    const { body } = await open(alice, alice.id);
    expect(body).toMatchObject({ peer: { id: alice.id }, memberCount: 1 });
    expect(await alice.api('POST', `/conversations/${body.id}/messages`, { text: 'buy milk' })).toMatchObject(
      {
        status: 201,
      },
    );
    expect((await open(alice, alice.id)).body).toMatchObject({ id: body.id, unreadCount: 0, lastSeq: 1 });
    expect((await alice.api('GET', '/unsent')).body.items).toEqual([]);
  });

  it('does not exist for others, by whatever way they ask', async () => {
    const { id } = (await open(alice, bob.id)).body;
    const path = `/conversations/${id}`;
    const asked: [string, string, object?][] = [
      ['GET', path],
      ['PATCH', path, { name: 'mine' }],
      ['GET', `${path}/members`],
      ['POST', `${path}/members`, { userIds: [carol.id] }],
      ['PUT', `${path}/members/me`],
      ['PATCH', `${path}/members/me`, { muted: true }],
      ['DELETE', `${path}/members/me`],
      ['GET', `${path}/messages`],
      ['POST', `${path}/messages`, { text: 'let me in' }],
      ['PUT', `${path}/marks`, { readSeq: 1 }],
      ['GET', `${path}/changes?since=0`],
      ['GET', `/groups/${id}`],
    ];
    for (const [method, way, body] of asked) {
      expect(await carol.api(method, way, body), `${method} ${way}`).toMatchObject(refusal(404, 'not_found'));
    }
    expect(await alice.api('GET', path)).toMatchObject({ status: 200 });
  });

  it('keeps its two people: nobody is added, removed, or leaves, and it has no name', async () => {
    const { id } = (await open(alice, bob.id)).body;
    const path = `/conversations/${id}`;
    const bad = refusal(400, 'bad_request');
    expect(await alice.api('POST', `${path}/members`, { userIds: [carol.id] })).toMatchObject(bad);
    expect(await alice.api('DELETE', `${path}/members/${bob.id}`)).toMatchObject(bad);
    expect(await alice.api('DELETE', `${path}/members/me`)).toMatchObject(bad);
    expect(await alice.api('PATCH', `${path}/members/${bob.id}`, { role: 'admin' })).toMatchObject(bad);
    expect(await alice.api('PATCH', path, { name: 'us' })).toMatchObject(bad);
    expect((await alice.api('GET', `${path}/members`)).body.items).toHaveLength(2);
  });

  it('needs one person who exists', async () => {
    expect(await open(alice, nobody)).toMatchObject(refusal(404, 'not_found'));
    expect(await alice.api('POST', '/conversations', { kind: 'dialog', username: 'nobody' })).toMatchObject(
      refusal(404, 'not_found'),
    );
    const both = { kind: 'dialog', userId: bob.id, username: bob.username };
    for (const body of [both, { kind: 'dialog' }, { kind: 'dialog', userId: 'bob' }, { kind: 'room' }, {}]) {
      expect(await alice.api('POST', '/conversations', body)).toMatchObject(refusal(400, 'bad_request'));
    }
  });
});
