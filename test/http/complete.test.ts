import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Joined, type Person, person } from '../support/cast.ts';
import { mailTo } from '../support/mailbox.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const complete = ({ api }: Pick<Person, 'api'>, fields: object = {}) =>
  api('POST', '/me/complete', { password: PASSWORD, ...fields });
const signIn = (username: string) => server.api('POST', '/sessions', { username, password: PASSWORD });

describe('a guest who completes the account', () => {
  it('stays who they are, with the session, the friends and all that was said', async () => {
    const [alice, bob] = [await person(server.url, 'alice'), await person(server.url, 'bob')];
    const { body: asked } = await alice.api('POST', '/friendships', { userId: bob.id });
    await bob.api('PATCH', `/friendships/${asked.id}`, { status: 'accepted' });
    const dialog: Joined = await alice.join('dialog', { userId: bob.id });
    await dialog.request('send', { text: 'Hello as a guest' });

    const { status, body } = await complete(alice, { username: 'alice', email: 'alice@example.org' });
    expect([status, body]).toMatchObject([
      200,
      { id: alice.id, username: 'alice', guest: false, email: 'alice@example.org', verified: false },
    ]);
    await dialog.request('send', { text: 'Hello as myself' });
    expect((await alice.api('GET', '/me')).body).toEqual(body);
    expect((await alice.api('GET', '/friendships?state=accepted')).body.items).toHaveLength(1);

    const again = await signIn('alice');
    expect([again.status, again.body.user.id]).toEqual([201, alice.id]);
    const history = await bob.api('GET', `/conversations/${dialog.state.id}/messages`);
    expect(history.body.items.map(({ text, senderId }: any) => [text, senderId])).toEqual([
      ['Hello as a guest', alice.id],
      ['Hello as myself', alice.id],
    ]);
    await dialog.room.leave();
  });

  it('proves the address like everybody else', async () => {
    const carol = await person(server.url, 'carol');
    await complete(carol, { email: 'carol@example.org' });
    const { token } = await mailTo(server, 'carol@example.org');
    expect((await server.api('POST', '/email/verify', { token })).status).toBe(204);
    expect((await carol.api('GET', '/me')).body.verified).toBe(true);
  });

  it('needs no more than a password', async () => {
    const carol = await person(server.url, 'carol');
    expect((await complete(carol)).body).toMatchObject({ username: carol.username, email: null });
    expect((await signIn(carol.username)).status).toBe(201);
  });

  it('does so once, though many ask at the same moment', async () => {
    const carol = await person(server.url, 'carol');
    const answers = await Promise.all([1, 2, 3].map(() => complete(carol)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await complete(carol)).toMatchObject(refusal(409, 'conflict'));
  });

  it('stays a guest when something is wrong', async () => {
    const taken = await server.signUp('taken');
    const carol = await person(server.url, 'carol');
    for (const [fields, status, code] of [
      [{ username: 'TAKEN' }, 409, 'username_taken'],
      [{ username: 'deleted-1' }, 409, 'username_taken'],
      [{ email: 'nowhere' }, 400, 'bad_request'],
      [{ password: 'iloveyou' }, 400, 'bad_request'],
      [{ password: carol.username }, 400, 'bad_request'],
      [{ password: undefined }, 400, 'bad_request'],
    ] as const) {
      expect(await complete(carol, fields)).toMatchObject(refusal(status, code));
    }
    expect((await carol.api('GET', '/me')).body).toMatchObject({ guest: true, username: carol.username });
    expect(await complete(taken)).toMatchObject(refusal(409, 'conflict'));
    expect(await complete({ api: server.api })).toMatchObject(refusal(401, 'unauthenticated'));
    expect((await complete(carol)).status).toBe(200);
  });
});
