import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Joined, type Person, person, personOf } from '../support/cast.ts';
import { type Line, openLine } from '../support/line.ts';
import { apiOf, startTestServer, type TestServer } from '../support/server.ts';

describe('the SDK’s own reconnection', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let line: Line;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    line = await openLine(server.url);
    bob = await person(line.url, 'bob');
  });
  afterEach(() => line.close());

  const impatient = (joined: Joined): Joined => {
    joined.room.reconnection.minUptime = 0;
    return joined;
  };

  const reconnected = (joined: Joined): Promise<void> =>
    new Promise((resolve) => joined.room.onReconnect.once(() => resolve()));

  it('brings what was missed, in a conversation and in an inbox', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const [bobs, inbox] = [await bob.join('dialog', { userId: alice.id }), await bob.join('inbox')];
    await alices.request('send', { text: 'before' });
    await bobs.request('delivered', { seq: 1 });
    const back = [bobs, inbox].map(impatient).map(reconnected);
    line.cut();
    await alices.until(() => alices.state.members.get(bob.id).online === false);
    await alices.request('send', { text: 'while away' });
    await Promise.all(back);
    await alices.until(() => alices.state.members.get(bob.id).online === true);
    await alices.request('send', { text: 'after' });
    for (const joined of [bobs, inbox]) {
      await joined.until(() => joined.texts.includes('after'));
      expect(joined.texts).toEqual(['before', 'while away', 'after']);
    }
    await expect(bobs.request('send', { text: 'I am back' })).resolves.toMatchObject({ seq: 4 });
  });

  it('comes at once over a new line while the old one hangs', async () => {
    const alices = await alice.join('dialog', { userId: bob.id });
    const [bobs, inbox] = [await bob.join('dialog', { userId: alice.id }), await bob.join('inbox')];
    const back = [bobs, inbox].map(impatient).map(reconnected);
    line.strand();
    await Promise.all(back);
    await alices.request('send', { text: 'Can you hear me?' });
    for (const joined of [bobs, inbox]) await joined.until(() => joined.texts.includes('Can you hear me?'));
    await expect(bobs.request('send', { text: 'Perfectly' })).resolves.toMatchObject({ seq: 2 });
    await alices.until(() => alices.state.members.get(bob.id).online === true);
  });

  it('does not bring back whose session has ended meanwhile', async () => {
    const username = `${bob.username}x`;
    const password = 'a long enough phrase';
    const { body } = await apiOf(server.url)('POST', '/accounts', { username, password });
    const person = personOf(line.url, body);
    const alices = await alice.join('dialog', { username });
    const theirs = impatient(await person.join('dialog', { userId: alice.id }));
    theirs.room.reconnection.maxRetries = 5;
    line.cut();
    await alices.until(() => alices.state.members.get(person.id).online === false);
    const signOut = await apiOf(server.url, person.token)('DELETE', '/sessions/current');
    expect(signOut).toMatchObject({ status: 204 });
    await theirs.left;
    expect(alices.state.members.get(person.id).online).toBe(false);
    await alices.request('send', { text: 'not for a stolen phone' });
    expect(theirs.texts).toEqual([]);
  });
});
