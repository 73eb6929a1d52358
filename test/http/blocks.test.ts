import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const nobody = '00000000-0000-4000-8000-000000000000';

describe('a block', () => {
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

  const block = (one: Person, other: Person) => one.api('PUT', `/blocks/${other.id}`);
  const unblock = (one: Person, other: Person) => one.api('DELETE', `/blocks/${other.id}`);
  const ask = (one: Person, other: Person) => one.api('POST', '/friendships', { userId: other.id });
  const open = (one: Person, other: Person) =>
    one.api('POST', '/conversations', { kind: 'dialog', userId: other.id });
  const write = (one: Person, id: string) =>
    one.api('POST', `/conversations/${id}/messages`, { text: 'hello' });
  const group = (one: Person, ...members: Person[]) =>
    one.api('POST', '/conversations', {
      kind: 'group',
      name: 'hike',
      members: members.map((member) => member.id),
    });

  it('keeps both sides from asking, opening a dialog and adding to a group, with the same answer', async () => {
    await block(alice, bob);
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const answers = await Promise.all([ask(one, other), open(one, other), group(one, other)]);
      expect(answers).toMatchObject([
        refusal(403, 'blocked'),
        refusal(403, 'blocked'),
        refusal(403, 'blocked'),
      ]);
      expect(answers[0]!.body.error.message).toBe('one of you blocks the other');
    }
    expect((await alice.api('GET', '/conversations')).body.items).toEqual([]);
    await unblock(alice, bob);
    expect(await ask(bob, alice)).toMatchObject({ status: 201 });
    expect(await open(bob, alice)).toMatchObject({ status: 200 });
    expect(await group(bob, alice)).toMatchObject({ status: 201 });
  });

  it('keeps both sides from writing in their dialog, which stays readable', async () => {
    const { id } = (await open(alice, bob)).body;
    await write(alice, id);
    await block(alice, bob);
    expect(await write(alice, id)).toMatchObject(refusal(403, 'blocked'));
    expect(await write(bob, id)).toMatchObject(refusal(403, 'blocked'));
    expect(await open(bob, alice)).toMatchObject({ status: 200, body: { id } });
    expect((await bob.api('GET', `/conversations/${id}/messages`)).body.items).toHaveLength(1);
    await unblock(alice, bob);
    expect(await write(bob, id)).toMatchObject({ status: 201 });
  });

  it('does not keep people apart in a group that both are in', async () => {
    const { id } = (await group(carol, alice, bob)).body;
    await block(alice, bob);
    expect(await write(bob, id)).toMatchObject({ status: 201 });
  });

  it('ends a friendship and a request, which both are told; taking it back restores neither', async () => {
    const { id } = (await ask(alice, bob)).body;
    await bob.api('PATCH', `/friendships/${id}`, { status: 'accepted' });
    await ask(carol, alice);
    const inboxes = [await bob.join('inbox'), await carol.join('inbox')];
    for (const inbox of inboxes) await inbox.next('ready');
    await block(alice, bob);
    await block(alice, carol);
    for (const inbox of inboxes)
      await inbox.next('friendship', ({ friendship }) => friendship.status === 'ended');
    expect((await alice.api('GET', '/friendships')).body.items).toEqual([]);
    await unblock(alice, bob);
    expect((await bob.api('GET', '/friendships')).body.items).toEqual([]);
  });

  it('does not let a rejection be taken back', async () => {
    const { id } = (await ask(alice, bob)).body;
    await bob.api('PATCH', `/friendships/${id}`, { status: 'rejected' });
    await block(alice, bob);
    expect(await bob.api('PATCH', `/friendships/${id}`, { status: 'accepted' })).toMatchObject(
      refusal(403, 'blocked'),
    );
  });

  it('never leaves a request standing that was made at the same moment', async () => {
    for (const name of ['dave', 'erin', 'frank']) {
      const other = await person(server.url, name);
      await Promise.all([ask(other, alice), block(alice, other)]);
      expect((await other.api('GET', '/friendships')).body.items).toEqual([]);
    }
  });

  it('is listed for who made it, page by page, and for nobody else', async () => {
    await block(alice, bob);
    await block(alice, carol);
    const first = (await alice.api('GET', '/blocks?limit=1')).body;
    expect(first.items).toMatchObject([{ user: { id: carol.id } }]);
    const second = (await alice.api('GET', `/blocks?limit=1&cursor=${first.next}`)).body;
    expect(second).toMatchObject({ items: [{ user: { id: bob.id } }], next: null });
    expect((await bob.api('GET', '/blocks')).body.items).toEqual([]);
  });

  it('can be made and taken back twice, but not of oneself or of nobody', async () => {
    expect(await block(alice, bob)).toMatchObject({ status: 204 });
    expect(await block(alice, bob)).toMatchObject({ status: 204 });
    expect((await alice.api('GET', '/blocks')).body.items).toHaveLength(1);
    expect(await unblock(alice, bob)).toMatchObject({ status: 204 });
    expect(await unblock(alice, bob)).toMatchObject({ status: 204 });
    expect(await block(alice, alice)).toMatchObject(refusal(400, 'bad_request'));
    expect(await alice.api('PUT', `/blocks/${nobody}`)).toMatchObject(refusal(404, 'not_found'));
  });

  it('of both sides stands until both have taken it back', async () => {
    await Promise.all([block(alice, bob), block(bob, alice)]);
    await unblock(alice, bob);
    expect(await ask(alice, bob)).toMatchObject(refusal(403, 'blocked'));
    await unblock(bob, alice);
    expect(await ask(alice, bob)).toMatchObject({ status: 201 });
  });
});
