import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRates } from '../../../src/chat/rates.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { type Client, client, PASSWORD, TIME, UUID } from './support.ts';

const FRIENDSHIP = '/api/users/friendship/';

let server: TestServer;
let at: string;

beforeAll(async () => {
  const rates = parseRates('friend-request.account=7/h');
  server = await startTestServer({ config: { rates } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

describe('a friendship', () => {
  let alice: Client;
  let bob: Client;
  let carol: Client;
  beforeAll(async () => {
    alice = await client(at, 'alice', { first_name: 'Alice', last_name: 'L' });
    bob = await client(at, 'bob');
    carol = await client(at, 'carol');
  });

  const person = (one: Client, email = '') => ({
    id: one.id,
    personal_image: null,
    username: one.username,
    first_name: one === alice ? 'Alice' : '',
    last_name: one === alice ? 'L' : '',
    email,
  });

  it('begins with one side’s word, goes back and forth, and is shown to both', async () => {
    const asked = await alice.ask('POST', FRIENDSHIP, { to_user: bob.id, status: 'pending' });
    expect(asked.status).toBe(201);
    const { id } = asked.body;
    expect(asked.body).toEqual({
      id: UUID,
      from_user: person(alice, `${alice.username}@example.org`),
      to_user: person(bob),
      date_created: TIME,
      status_from_user: 'pending',
      status_to_user: 'pending',
    });
    const choose = (one: Client, status: string) =>
      one.ask('PATCH', FRIENDSHIP, { friendship_id: id, status });
    const steps: [Client, string, string, string][] = [
      [bob, 'accepted', 'pending', 'accepted'],
      [alice, 'accepted', 'accepted', 'accepted'],
      [alice, 'rejected', 'rejected', 'accepted'],
      [bob, 'pending', 'rejected', 'pending'],
      [alice, 'accepted', 'accepted', 'pending'],
      [bob, 'accepted', 'accepted', 'accepted'],
    ];
    for (const [one, status, status_from_user, status_to_user] of steps) {
      const reply = await choose(one, status);
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ id, status_from_user, status_to_user });
    }
    const [listed] = (await bob.ask('GET', FRIENDSHIP)).body;
    expect(listed).toEqual({
      id,
      from_user: alice.id,
      to_user: bob.id,
      date_created: asked.body.date_created,
      status_from_user: 'accepted',
      status_to_user: 'accepted',
      from_user_data: person(alice, `${alice.username}@example.org`),
      to_user_data: person(bob, `${bob.username}@example.org`),
    });
    expect((await carol.ask('GET', FRIENDSHIP)).body).toEqual([]);
  });

  it('is refused in the words of its description', async () => {
    const dave = await client(at, 'dave');
    const { body } = await carol.ask('POST', FRIENDSHIP, { to_user: dave.id, status: 'accepted' });
    const nobody = '00000000-0000-4000-8000-000000000000';
    const posts: [Client, object, number, string][] = [
      [carol, { to_user: dave.id, status: 'accepted' }, 400, 'Friendship already exists.'],
      [dave, { to_user: carol.id, status: 'accepted' }, 400, 'Friendship already exists.'],
      [carol, { to_user: nobody, status: 'pending' }, 404, 'User not found.'],
      [carol, { to_user: 'dave', status: 'pending' }, 404, 'User not found.'],
      [carol, { to_user: dave.id }, 400, 'Invalid status.'],
      [carol, { status: 'pending' }, 400, 'Invalid status.'],
      [carol, { to_user: dave.id, status: 'adored' }, 404, 'status not found.'],
      [
        carol,
        { to_user: carol.id, status: 'pending' },
        400,
        'You cannot send a friendship request to yourself.',
      ],
    ];
    for (const [one, json, status, detail] of posts) {
      const reply = await one.ask('POST', FRIENDSHIP, json);
      expect([reply.status, reply.body]).toEqual([status, { detail }]);
    }
    const patches: [Client, object, number, string][] = [
      [alice, { friendship_id: body.id, status: 'adored' }, 400, 'Invalid status.'],
      [alice, { friendship_id: nobody }, 400, 'Invalid status.'],
      [alice, { friendship_id: nobody, status: 'accepted' }, 404, 'Friendship not found.'],
      [alice, { friendship_id: 'none', status: 'accepted' }, 404, 'Friendship not found.'],
      [
        alice,
        { friendship_id: body.id, status: 'accepted' },
        403,
        'You are not authorized to update this friendship.',
      ],
    ];
    for (const [one, json, status, detail] of patches) {
      const reply = await one.ask('PATCH', FRIENDSHIP, json);
      expect([reply.status, reply.body]).toEqual([status, { detail }]);
    }
  });

  it('is the native one, whose sides and end show in both', async () => {
    const [one, other] = [await server.signUp('native-one'), await client(at, 'other')];
    const { body: asked } = await one.api('POST', '/friendships', { userId: other.id });
    const listed = async () => (await other.ask('GET', FRIENDSHIP)).body[0];
    expect(await listed()).toMatchObject({
      id: asked.id,
      status_from_user: 'accepted',
      status_to_user: 'pending',
    });
    const choose = (status: string) => other.ask('PATCH', FRIENDSHIP, { friendship_id: asked.id, status });
    await choose('accepted');
    const native = async (state: string) => (await one.api('GET', `/friendships?state=${state}`)).body.items;
    expect(await native('accepted')).toMatchObject([{ id: asked.id, ownStatus: 'accepted' }]);
    await choose('rejected');
    expect(await native('rejected')).toMatchObject([{ ownStatus: 'accepted', otherStatus: 'rejected' }]);
    await choose('accepted');
    await one.api('DELETE', `/friendships/${asked.id}`);
    expect(await listed()).toMatchObject({ status_from_user: 'rejected', status_to_user: 'pending' });
    await choose('accepted');
    expect((await one.api('GET', '/friendships')).body.items).toEqual([]);
    await one.api('POST', '/friendships', { userId: other.id });
    expect(await listed()).toMatchObject({ status_from_user: 'accepted', status_to_user: 'accepted' });
  });

  it('that was only asked for here is answered natively by either', async () => {
    const [one, other] = [await client(at, 'one'), await server.signUp('native-other')];
    await one.ask('POST', FRIENDSHIP, { to_user: other.id, status: 'pending' });
    const { body } = await server.api('POST', '/sessions', { username: one.username, password: PASSWORD });
    const api = (token: string) => (method: string, path: string, json?: unknown) =>
      ask(method, `${server.url}/api/v1${path}`, { json, headers: { Authorization: `Bearer ${token}` } });
    const [asNative, asOther] = [api(body.accessToken), api(other.accessToken)];
    const [incoming] = (await asOther('GET', '/friendships?state=incoming')).body.items;
    const accepted = { status: 'accepted' };
    expect((await asNative('GET', '/friendships?state=outgoing')).body.items).toHaveLength(1);
    expect((await asOther('PATCH', `/friendships/${incoming.id}`, accepted)).body).toMatchObject({
      status: 'pending',
      ownStatus: 'accepted',
      otherStatus: 'pending',
    });
    expect((await asNative('GET', '/friendships?state=incoming')).body.items).toHaveLength(1);
    expect((await asOther('GET', '/friendships?state=outgoing')).body.items).toHaveLength(1);
    expect((await asNative('PATCH', `/friendships/${incoming.id}`, accepted)).body.status).toBe('accepted');
  });

  it('cannot be had with whom one blocks, nor asked for without end', async () => {
    const [erin, frank] = [await client(at, 'erin'), await client(at, 'frank')];
    const { body } = await server.api('POST', '/sessions', { username: frank.username, password: PASSWORD });
    const headers = { Authorization: `Bearer ${body.accessToken}` };
    await ask('PUT', `${server.url}/api/v1/blocks/${erin.id}`, { headers });
    const reply = await erin.ask('POST', FRIENDSHIP, { to_user: frank.id, status: 'accepted' });
    expect([reply.status, reply.body]).toEqual([403, { detail: 'one of you blocks the other' }]);
    const replies = [];
    for (let n = 0; n < 8; n += 1)
      replies.push(await erin.ask('POST', FRIENDSHIP, { to_user: frank.id, status: 'accepted' }));
    const last = replies.at(-1)!;
    expect(last.status).toBe(429);
    expect(last.body.detail).toMatch(/^Request was throttled\. Expected available in \d+ seconds\.$/);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
