import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMALL_GROUP } from '../../src/chat/limits.ts';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('a group room', () => {
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

  const createGroup = async (visibility: string, members: Person[]): Promise<string> => {
    const { status, body } = await alice.api('POST', '/conversations', {
      kind: 'group',
      name: 'hike',
      visibility,
      members: members.map((member) => member.id),
    });
    expect(status).toBe(201);
    return body.id;
  };

  it('lets members into a private group, and for others there is no such group', async () => {
    const id = await createGroup('private', [bob]);
    const bobs = await bob.join('group', { id });
    expect(bobs.state).toMatchObject({ kind: 'group', name: 'hike', memberCount: 2 });
    expect(bobs.state.members.get(alice.id)).toMatchObject({ role: 'owner', online: false });
    await expect(carol.join('group', { id })).rejects.toMatchObject({ code: 404 });
    await expect(carol.client.joinById(id, { id })).rejects.toThrow();
    await expect(carol.join('group', { id: 'nonsense' })).rejects.toMatchObject({ code: 400 });
  });

  it('makes a member of whoever enters a public group', async () => {
    const id = await createGroup('public', []);
    const alices = await alice.join('group', { id });
    const carols = await carol.join('group', { id });
    await alices.next('member', ({ member }) => member.userId === carol.id && !member.left);
    await carols.request('send', { text: 'hello all' });
    await alices.until(() => alices.texts.includes('hello all'));
    const { body } = await carol.api('GET', '/conversations');
    expect(body.items).toMatchObject([{ id }]);
  });

  it('closes for who is removed, who hears nothing that is said after', async () => {
    const id = await createGroup('private', [bob, carol]);
    const [alices, bobs] = [await alice.join('group', { id }), await bob.join('group', { id })];
    await alices.request('send', { text: 'for all' });
    expect(await alice.api('DELETE', `/conversations/${id}/members/${bob.id}`)).toMatchObject({
      status: 204,
    });
    await alices.request('send', { text: 'without bob' });
    expect(await bobs.left).toBe(4001);
    expect(bobs.texts).toEqual(['for all']);
    await alices.until(() => !alices.state.members.has(bob.id));
    await expect(bob.join('group', { id })).rejects.toMatchObject({ code: 404 });
    await expect(
      bob.api('POST', `/conversations/${id}/messages`, { text: 'let me in' }),
    ).resolves.toMatchObject({
      status: 404,
    });
  });

  it('follows its name, its description and its roles', async () => {
    const id = await createGroup('private', [bob]);
    const bobs = await bob.join('group', { id });
    expect(await bob.api('PATCH', `/conversations/${id}`, { name: 'mine' })).toMatchObject({ status: 403 });
    expect(await alice.api('PATCH', `/conversations/${id}`, { name: 'swim' })).toMatchObject({ status: 200 });
    await bobs.until(() => bobs.state.name === 'swim');
    expect(bobs.state.description).toBe('');
    await alice.api('PATCH', `/conversations/${id}`, { description: 'in the lake' });
    await bobs.until(() => bobs.state.description === 'in the lake');
    expect((await alice.join('group', { id })).state.description).toBe('in the lake');
    await alice.api('PATCH', `/conversations/${id}/members/${bob.id}`, { role: 'admin' });
    await bobs.until(() => bobs.state.members.get(bob.id).role === 'admin');
    expect(await bob.api('PATCH', `/conversations/${id}`, { name: 'sail' })).toMatchObject({ status: 200 });
  });

  it('lets who looks after it delete what others wrote', async () => {
    const id = await createGroup('private', [bob, carol]);
    const [alices, bobs, carols] = await Promise.all(
      [alice, bob, carol].map((each) => each.join('group', { id })),
    );
    await bobs!.request('send', { text: 'rude' });
    await expect(carols!.request('delete', { seq: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await alices!.request('delete', { seq: 1 });
    await carols!.next('changed', ({ message }) => message.seq === 1 && message.deletedAt !== null);
  });

  it('shows only those who are here while it is large, and everybody else when it is not', async () => {
    const crowd = await Promise.all(Array.from({ length: SMALL_GROUP }, () => person(server.url, 'crowd')));
    const id = await createGroup('private', crowd);
    const alices = await alice.join('group', { id });
    expect(alices.state.memberCount).toBe(SMALL_GROUP + 1);
    expect([...alices.state.members.keys()]).toEqual([alice.id]);
    const other = await crowd[0]!.join('group', { id });
    await alices.until(() => alices.state.members.size === 2);
    const inbox = await crowd[1]!.join('inbox');
    await inbox.next('ready');
    await alices.request('send', { text: 'to a crowd' });
    for (const joined of [alices, other, inbox])
      await joined.until(() => joined.texts.includes('to a crowd'));
    await other.room.leave();
    await alices.until(() => alices.state.members.size === 1);

    const leaving = crowd[1]!;
    await leaving.api('DELETE', `/conversations/${id}/members/${leaving.id}`);
    await alices.until(() => alices.state.members.size === SMALL_GROUP, 'everybody');
    expect(alices.state.members.has(leaving.id)).toBe(false);
    await alice.api('POST', `/conversations/${id}/members`, { userIds: [bob.id] });
    await alices.until(() => alices.state.members.size === 1, 'only alice');
    expect(alices.state.memberCount).toBe(SMALL_GROUP + 1);
  });
});
