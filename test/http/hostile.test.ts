import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Joined, personOf } from '../support/cast.ts';
import { BODIES } from '../support/hostile/bodies.ts';
import { LINES_AND_ADDRESSES } from '../support/hostile/lines.ts';
import type { Reply, Target } from '../support/hostile/target.ts';
import { FORGED, forge } from '../support/hostile/tokens.ts';
import { apiOf, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const SECRET = 'a secret that only this test knows, and it keeps it';

/** What a request is about that everybody may do to everybody. */
const EVERYBODYS = ['GET /users/{id}', 'PUT /blocks/{userId}', 'DELETE /blocks/{userId}'];

/** Bodies that would be good if the ids were one's own, so that it is the id that is refused. */
const BODY_OF: Readonly<Record<string, object>> = {
  'PATCH /friendships/{id}': { status: 'accepted' },
  'PATCH /conversations/{id}': { name: 'stolen' },
  'POST /conversations/{id}/members': { userIds: ['6c6be800-ddd6-4e41-831b-34890ac98f15'] },
  'PATCH /conversations/{id}/members/{userId}': { role: 'owner' },
  'POST /conversations/{id}/messages': { text: 'let me in' },
  'PATCH /conversations/{id}/messages/{seq}': { text: 'rewritten' },
  'PUT /conversations/{id}/marks': { readSeq: 1 },
  'DELETE /me/passkeys/{id}': { proof: { password: PASSWORD } },
  'DELETE /me/identities/{id}': { proof: { password: PASSWORD } },
};

const QUERY_OF: Readonly<Record<string, string>> = { 'GET /conversations/{id}/changes': '?since=0' };

describe('a server among people who mean no good', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let inbox: Joined;
  let target: Target;
  let friendship: string;

  beforeAll(async () => {
    const databaseUrl = await createTestDatabase();
    server = await startTestServer({ databaseUrl, config: { jwtSecret: SECRET } });
    alice = await server.signUp('alice');
    bob = await server.signUp('bob', { email: 'bob@example.org' });
    carol = await server.signUp('carol');
    const fields = { kind: 'group', name: 'private', members: [carol.id] };
    const theirs = (await bob.api('POST', '/conversations', fields)).body.id;
    await bob.api('POST', `/conversations/${theirs}/messages`, { text: 'between us' });
    const hers = (await alice.api('POST', '/conversations', { kind: 'group', name: 'hers' })).body.id;
    friendship = (await bob.api('POST', '/friendships', { userId: carol.id })).body.id;
    inbox = await personOf(server.url, { user: alice, accessToken: alice.accessToken }).join('inbox');
    const seatToken = inbox.room.reconnectionToken;
    target = { url: server.url, alice, bob, theirs, hers, secret: SECRET, seatToken };
  });
  afterAll(() => server.stop());

  /** Nothing that an answer has no business to hold. */
  const tellsNothing = ({ text }: Reply): void => {
    expect(text).not.toMatch(/\bat \S+ \(|\.[jt]s:\d+|node_modules|\/src\/|postgres|argon2|select .* from/i);
    for (const secret of [SECRET, bob.accessToken, bob.refreshToken, 'bob@example.org', 'between us'])
      expect(text).not.toContain(secret);
  };

  it('meets more than sixty of them', () => {
    expect([...BODIES, ...FORGED, ...LINES_AND_ADDRESSES].length).toBeGreaterThan(150);
  });

  it('would take a forged token in which nothing is wrong', async () => {
    const { status, body } = await apiOf(server.url, await forge(target, {}))('GET', '/me');
    expect([status, body.id]).toEqual([200, alice.id]);
  });

  it.each([...BODIES, ...FORGED, ...LINES_AND_ADDRESSES])(
    'refuses $name, and tells nothing',
    async ({ send, expected }) => {
      const reply = await send(target);
      if (expected) expect(expected).toContain(reply.status);
      else
        expect({ refused: reply.status >= 400 && reply.status < 500, reply }).toMatchObject({
          refused: true,
        });
      tellsNothing(reply);
      expect(reply.text).not.toMatch(/^set-cookie: admin|^x-injected/im);
    },
  );

  it('gives nobody what was smuggled in beside the fields', async () => {
    expect(({} as Record<string, unknown>).admin).toBe(undefined);
    for (let index = 0; index < 3; index += 1) {
      const { items } = (await alice.api('GET', `/users?query=smuggler${index}`)).body;
      expect(items).toHaveLength(1);
      expect(items[0].id).not.toBe('6c6be800-ddd6-4e41-831b-34890ac98f15');
      const fields = { username: `smuggler${index}`, password: 'correct horse battery' };
      const { user } = (await server.api('POST', '/sessions', fields)).body;
      expect(user).toMatchObject({ admin: false, verified: false });
    }
  });

  it('keeps what is other people’s from her on every route', async () => {
    const before = await everythingOf(bob);
    const bobsSession = (await bob.api('GET', '/sessions')).body.items[0].id;
    const { paths } = (await server.api('GET', '/openapi.json')).body;
    const routes = Object.entries<object>(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({ name: `${method.toUpperCase()} ${path}`, method, path })),
    );
    const withIds = routes.filter(({ path, name }) => path.includes('{') && !EVERYBODYS.includes(name));
    expect(withIds.length).toBeGreaterThan(15);
    for (const { name, method, path } of withIds) {
      const id = path.startsWith('/conversations')
        ? target.theirs
        : path.startsWith('/friendships')
          ? friendship
          : path.startsWith('/sessions')
            ? bobsSession
            : bob.id;
      const url = path
        .replace('{id}', id)
        .replace('{userId}', bob.id)
        .replace('{sessionId}', bobsSession)
        .replace('{seq}', '1')
        .replaceAll(/\{[^}]+\}/g, bob.id);
      const body = method === 'get' ? undefined : (BODY_OF[name] ?? {});
      const answer = await alice.api(method.toUpperCase(), `${url}${QUERY_OF[name] ?? ''}`, body);
      expect({ name, answer, refused: [403, 404].includes(answer.status) }).toMatchObject({ refused: true });
      tellsNothing({ status: answer.status, text: JSON.stringify(answer.body) });
    }
    expect(await everythingOf(bob)).toEqual(before);
  });

  it('keeps it from her in every request of a room', async () => {
    const before = await everythingOf(bob);
    const requests: Record<string, object> = {
      send: { text: 'let me in' },
      edit: { seq: 1, text: 'rewritten' },
      delete: { seq: 1 },
      typing: { on: true },
      delivered: { seq: 1 },
      read: { seq: 1 },
      history: {},
      changes: { since: 0 },
    };
    for (const [type, payload] of Object.entries(requests)) {
      for (const conversationId of [target.theirs, bob.id]) {
        const asked = inbox.request(type, { ...payload, conversationId });
        await expect(asked, type).rejects.toMatchObject({ code: 'not_found' });
      }
      await expect(inbox.request(type, payload), type).rejects.toMatchObject({ code: 'bad_request' });
    }
    const { client } = personOf(server.url, { user: alice, accessToken: alice.accessToken });
    const bobs = await personOf(server.url, { user: bob, accessToken: bob.accessToken }).join('inbox');
    expect(bobs.room.roomId).toBe(bob.id);
    for (const join of [
      () => client.joinOrCreate('group', { id: target.theirs }),
      () => client.joinOrCreate('group', { id: target.theirs, conversationId: target.hers, ownerId: bob.id }),
      () => client.joinById(target.theirs),
      () => client.joinById(bob.id),
      () => client.joinOrCreate('dialog', { userId: alice.id, username: 'bob' }),
      () => client.joinOrCreate('constructor'),
      () => client.reconnect(`${target.theirs}:${target.seatToken}`),
    ])
      await expect(join()).rejects.toThrow();
    const own = await client.joinOrCreate('inbox', { ownerId: bob.id });
    expect(own.roomId).toBe(alice.id);
    await own.leave();
    expect(await everythingOf(bob)).toEqual(before);
  });

  it('is well afterwards: ready, and a message still goes through', async () => {
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    const bobs = await personOf(server.url, { user: bob, accessToken: bob.accessToken }).join('inbox');
    await carol.api('POST', `/conversations/${target.theirs}/messages`, { text: 'still here' });
    await bobs.next('message', ({ message }) => message.text === 'still here');
    await inbox.request('send', { conversationId: target.hers, text: 'even she may' });
  });

  /** What somebody who got in would have left traces in. */
  async function everythingOf({ api }: Person): Promise<unknown> {
    const paths = [
      '/me',
      '/sessions',
      '/friendships',
      `/conversations/${target.theirs}`,
      `/conversations/${target.theirs}/members`,
      `/conversations/${target.theirs}/messages`,
    ];
    const answers = await Promise.all(paths.map(async (path) => (await api('GET', path)).body));
    return JSON.parse(
      JSON.stringify(answers, (key, value) =>
        /^(lastSeenAt|lastUsedAt|online)$/.test(key) ? undefined : value,
      ),
    );
  }
});
