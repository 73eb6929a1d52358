import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Person, person } from '../../support/cast.ts';
import { type Line, openLine } from '../../support/line.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { closeAfterEach, openPage, type Page, picture, signUpGuest, textsOf } from './page.ts';

const PATIENCE = { timeout: 15_000, interval: 50 };

describe('a page whose line breaks', () => {
  let server: TestServer;
  let network: Line;
  let alice: Page;
  let bob: Person;
  let dialog: string;
  let group: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  closeAfterEach();

  beforeEach(async () => {
    network = await openLine(server.url);
    alice = await openPage(network.url, 'alice');
    bob = await person(server.url, 'bob');
    dialog = await alice.client.openDialog({ userId: bob.id });
    group = await alice.client.createGroup({ name: 'us', members: [bob.id] });
    await say('one');
    await alice.client.open(dialog);
    await alice.until(() => textsOf(alice, dialog).length === 1, 'the first message');
    return () => network.close();
  });

  const say = (text: string, where = dialog) => bob.api('POST', `/conversations/${where}/messages`, { text });

  async function goOffline(): Promise<void> {
    network.refuse();
    await alice.until((now) => now.connection === 'offline', 'that the page is offline');
  }

  async function isAsFresh(): Promise<void> {
    await alice.until((now) => now.connection === 'online', 'that the page is back');
    const fresh = await openPage(server.url, alice.tokens);
    await fresh.client.open(alice.now.open);
    await vi.waitFor(() => expect(picture(alice.now)).toEqual(picture(fresh.now)), PATIENCE);
    expect(fresh.now.conversations.size).toBeGreaterThan(0);
    await fresh.close();
  }

  it('comes back by itself and has everything that happened meanwhile', async () => {
    const { body: asked } = await bob.api('POST', '/friendships', { userId: alice.me.id });
    await alice.until((now) => now.friendships.size === 1);
    await goOffline();
    await say('two');
    await bob.api('PATCH', `/conversations/${dialog}/messages/1`, { text: 'ONE' });
    await say('in the group', group);
    await bob.api('PUT', `/conversations/${dialog}/marks`, { readSeq: 2 });
    await bob.api('DELETE', `/friendships/${asked.id}`);
    const { body: tea } = await bob.api('POST', '/conversations', {
      kind: 'group',
      name: 'tea',
      members: [alice.me.id],
    });
    network.heal();
    await alice.until((now) => now.conversations.has(tea.id), 'the new group');
    await vi.waitFor(() => expect(textsOf(alice, dialog)).toEqual(['ONE', 'two']), PATIENCE);
    await isAsFresh();
    expect(alice.now.friendships.size).toBe(0);
  });

  it('leaves a group that it was removed from meanwhile', async () => {
    await alice.client.setRole(group, bob.id, 'owner');
    await alice.client.setRole(group, alice.me.id, 'member');
    await goOffline();
    expect(await bob.api('DELETE', `/conversations/${group}/members/${alice.me.id}`)).toMatchObject({
      status: 204,
    });
    network.heal();
    await alice.until((now) => !now.conversations.has(group), 'that the group is gone');
    await isAsFresh();
  });

  it('reads the list again when very much happened, and the open conversation too', async () => {
    const groups: string[] = [];
    for (let count = 0; count < 25; count += 1) {
      groups.push(await alice.client.createGroup({ name: `g${count}`, members: [bob.id] }));
    }
    await goOffline();
    for (const each of groups) await say('news', each);
    await say('two');
    network.heal();
    await alice.until(
      (now) => groups.every((id) => now.conversations.get(id)?.unreadCount === 1),
      'all the news',
    );
    await isAsFresh();
    expect(textsOf(alice, dialog)).toEqual(['one', 'two']);
  });

  it('starts again from the history when more was missed than one answer holds', async () => {
    await goOffline();
    const inbox = await bob.join('inbox');
    const texts = Array.from({ length: 1_050 }, (_, index) => `m${index}`);
    await Promise.all(texts.map((text) => inbox.request('send', { conversationId: dialog, text })));
    await inbox.room.leave();
    network.heal();
    await alice.until(() => textsOf(alice, dialog).at(-1) === 'm1049', 'the newest');
    await isAsFresh();
    expect(alice.now.threads.get(dialog)?.messages).toHaveLength(50);
  });

  it('misses nothing and has nothing twice when the line is cut in the middle of everything', async () => {
    const cuts = 6;
    const all: string[] = [];
    const inbox = await bob.join('inbox');
    for (let cut = 0; cut < cuts; cut += 1) {
      const texts = Array.from({ length: 20 }, (_, index) => `b${cut}-${index}`);
      const theirs = texts.map((text) => inbox.request('send', { conversationId: dialog, text }));
      const own = Array.from({ length: 5 }, (_, index) => `a${cut}-${index}`);
      const mine = own.map((text) => alice.client.send(dialog, { text }));
      network.cut();
      await Promise.all([...theirs, ...mine]);
      all.push(...texts, ...own);
      alice.client.reconnectNow();
    }
    await alice.until((now) => now.outbox.size === 0, 'that everything is sent');
    await alice.until(() => textsOf(alice, dialog).length === all.length + 1, 'every message');
    const shown = textsOf(alice, dialog);
    expect(shown.slice(1).toSorted()).toEqual(all.toSorted());
    expect(shown.filter((text) => text.startsWith('a'))).toEqual(all.filter((text) => text.startsWith('a')));
    await alice.client.loadNewest(dialog);
    await isAsFresh();
    await inbox.room.leave();
  });

  it('finds out that its line is dead when it is woken, and takes another', async () => {
    network.silence();
    await say('two');
    alice.client.reconnectNow();
    await alice.until((now) => now.connection !== 'online', 'that the line was given up');
    network.heal();
    await isAsFresh();
    expect(textsOf(alice, dialog)).toEqual(['one', 'two']);
  });
});

describe('a page whose session ends', () => {
  closeAfterEach();

  it('says so, and does not come back', async () => {
    await using server = await disposable();
    const tokens = await signUpGuest(server.url, 'alice');
    const ended = Promise.withResolvers<void>();
    const alice = await openPage(server.url, tokens, ended.resolve);
    await alice.client.api.delete('/sessions/current');
    await ended.promise;
    expect(alice.now.connection).toBe('ended');
    await expect(alice.client.api.get('/me')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  async function disposable() {
    const server = await startTestServer();
    return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
  }
});
