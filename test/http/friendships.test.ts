import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('friendships', () => {
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

  const ask = (one: Person, other: Person) => one.api('POST', '/friendships', { userId: other.id });
  const answer = (one: Person, id: string, status: string) =>
    one.api('PATCH', `/friendships/${id}`, { status });
  const inState = async (one: Person, state: string) =>
    (await one.api('GET', `/friendships?state=${state}`)).body.items;
  const befriend = async (one: Person, other: Person): Promise<string> => {
    const { id } = (await ask(one, other)).body;
    await answer(other, id, 'accepted');
    return id;
  };

  it('begin as a request that each side sees from its own', async () => {
    const asked = await ask(alice, bob);
    expect(asked).toMatchObject({ status: 201, body: { status: 'pending', user: { id: bob.id } } });
    const { id } = asked.body;
    const mine = { id, user: { id: bob.id }, ownStatus: 'accepted', otherStatus: 'pending' };
    const theirs = { id, user: { id: alice.id }, ownStatus: 'pending', otherStatus: 'accepted' };
    expect(await inState(alice, 'outgoing')).toMatchObject([mine]);
    expect(await inState(bob, 'incoming')).toMatchObject([theirs]);
    expect(await inState(alice, 'incoming')).toEqual([]);
    expect(await inState(bob, 'outgoing')).toEqual([]);
    expect((await carol.api('GET', '/friendships')).body).toEqual({ items: [], next: null });
  });

  it('say of friends, and of nobody else, who is online and when they were seen last', async () => {
    await befriend(alice, bob);
    await ask(carol, alice);
    const inbox = await bob.join('inbox');
    await carol.join('inbox');
    const seen = async () => (await alice.api('GET', '/friendships')).body.items;
    await expect.poll(seen).toMatchObject([
      { user: { id: carol.id }, online: false, lastSeenAt: null },
      { user: { id: bob.id }, online: true, lastSeenAt: null },
    ]);
    await inbox.room.leave();
    await expect
      .poll(async () => (await seen())[1])
      .toMatchObject({ online: false, lastSeenAt: expect.any(String) });
  });

  it('come with their dialog', async () => {
    await befriend(alice, bob);
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(await inState(one, 'accepted')).toMatchObject([
        { user: { id: other.id }, ownStatus: 'accepted', otherStatus: 'accepted' },
      ]);
      expect((await one.api('GET', '/conversations')).body.items).toMatchObject([
        { kind: 'dialog', peer: { id: other.id } },
      ]);
    }
  });

  it('can be rejected, seen by both, and asked for again by either', async () => {
    const { id } = (await ask(alice, bob)).body;
    expect(await answer(bob, id, 'rejected')).toMatchObject({ status: 200, body: { status: 'rejected' } });
    expect(await inState(alice, 'rejected')).toMatchObject([
      { id, ownStatus: 'accepted', otherStatus: 'rejected' },
    ]);
    expect(await inState(bob, 'rejected')).toMatchObject([{ id, ownStatus: 'rejected' }]);
    expect((await alice.api('GET', '/conversations')).body.items).toEqual([]);
    expect((await ask(bob, alice)).body).toMatchObject({ id, status: 'pending', requesterId: bob.id });
    await answer(alice, id, 'rejected');
    expect((await ask(bob, alice)).body).toMatchObject({ id, status: 'pending', answeredAt: null });
  });

  it('let a rejection be taken back, and the same answer be given twice', async () => {
    const { id } = (await ask(alice, bob)).body;
    await answer(bob, id, 'rejected');
    expect(await answer(bob, id, 'accepted')).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await answer(bob, id, 'accepted')).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await answer(bob, id, 'rejected')).toMatchObject(refusal(409, 'conflict'));
  });

  it('are made by asking somebody who asks too, also at the same moment', async () => {
    await ask(alice, bob);
    expect((await ask(bob, alice)).body).toMatchObject({ status: 'accepted' });
    const replies = await Promise.all([ask(alice, carol), ask(carol, alice)]);
    expect(replies.map((reply) => reply.status)).toEqual([201, 201]);
    expect(replies.map((reply) => reply.body.status).sort()).toEqual(['accepted', 'pending']);
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect(await inState(carol, 'accepted')).toHaveLength(1);
  });

  it('cannot be asked for twice, by friends, of oneself, or of nobody', async () => {
    const { id } = (await ask(alice, bob)).body;
    expect(await ask(alice, bob)).toMatchObject(refusal(409, 'conflict'));
    await answer(bob, id, 'accepted');
    expect(await ask(bob, alice)).toMatchObject(refusal(409, 'conflict'));
    expect(await ask(alice, alice)).toMatchObject(refusal(400, 'bad_request'));
    expect(await alice.api('POST', '/friendships', { username: 'nobody' })).toMatchObject(
      refusal(404, 'not_found'),
    );
    expect(await alice.api('POST', '/friendships', {})).toMatchObject(refusal(400, 'bad_request'));
  });

  it('can be asked for by name, in any case, and by an id in any case', async () => {
    const named = await alice.api('POST', '/friendships', { username: bob.username.toUpperCase() });
    expect(named).toMatchObject({ status: 201, body: { user: { id: bob.id } } });
    const shouted = await bob.api('POST', '/friendships', { userId: alice.id.toUpperCase() });
    expect(shouted.body).toMatchObject({ id: named.body.id, status: 'accepted' });
  });

  it('are answered by the one who was asked, and by nobody else', async () => {
    const { id } = (await ask(alice, bob)).body;
    expect(await answer(alice, id, 'accepted')).toMatchObject(refusal(403, 'forbidden'));
    expect(await answer(carol, id, 'accepted')).toMatchObject(refusal(404, 'not_found'));
    expect(await carol.api('DELETE', `/friendships/${id}`)).toMatchObject(refusal(404, 'not_found'));
    expect(await answer(bob, id, 'accepted')).toMatchObject({ status: 200 });
  });

  it('are withdrawn by who asked, ended by either, and taken up again as the same', async () => {
    const { id } = (await ask(alice, bob)).body;
    expect(await bob.api('DELETE', `/friendships/${id}`)).toMatchObject(refusal(409, 'conflict'));
    expect(await alice.api('DELETE', `/friendships/${id}`)).toMatchObject({ status: 204 });
    expect(await alice.api('DELETE', `/friendships/${id}`)).toMatchObject({ status: 204 });
    expect(await answer(bob, id, 'accepted')).toMatchObject(refusal(409, 'conflict'));
    expect(await befriend(alice, bob)).toBe(id);
    const [dialog] = (await alice.api('GET', '/conversations')).body.items;
    expect(await bob.api('DELETE', `/friendships/${id}`)).toMatchObject({ status: 204 });
    expect((await alice.api('GET', '/friendships')).body.items).toEqual([]);
    expect(await befriend(bob, alice)).toBe(id);
    expect((await bob.api('GET', '/conversations')).body.items).toMatchObject([{ id: dialog.id }]);
  });

  it('stay ended when they are accepted while they are withdrawn', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = (await ask(alice, bob)).body;
      const [accepted, withdrawn] = await Promise.all([
        answer(bob, id, 'accepted'),
        alice.api('DELETE', `/friendships/${id}`),
      ]);
      expect([200, 409]).toContain(accepted.status);
      expect(withdrawn.status).toBe(204);
      expect((await bob.api('GET', '/friendships')).body.items).toEqual([]);
    }
  });

  it('are told to both sides, and so is their dialog', async () => {
    const inboxes = [await alice.join('inbox'), await bob.join('inbox')];
    for (const inbox of inboxes) await inbox.next('ready');
    const id = await befriend(alice, bob);
    await alice.api('DELETE', `/friendships/${id}`);
    for (const inbox of inboxes) {
      await inbox.next('friendship', ({ friendship }) => friendship.status === 'ended');
      const statuses = inbox.of('friendship').map(({ friendship }) => friendship.status);
      expect(statuses).toEqual(['pending', 'accepted', 'ended']);
      await inbox.next('conversation', ({ conversation }) => conversation.kind === 'dialog');
    }
  });

  it('are listed page by page, each once, the latest first', async () => {
    const others: Person[] = [];
    for (const name of ['dave', 'erin', 'frank', 'grace', 'heidi']) {
      const other = await person(server.url, name);
      others.push(other);
      await ask(other, alice);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await alice.api('GET', `/friendships?state=incoming&limit=2${cursor}`);
      seen.push(...body.items.map((each: { user: { id: string } }) => each.user.id));
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(others.map((other) => other.id).reverse());
    expect(await alice.api('GET', '/friendships?cursor=forged')).toMatchObject(refusal(400, 'bad_request'));
  });
});
