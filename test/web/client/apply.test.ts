import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Person, person } from '../../support/cast.ts';
import { upload } from '../../support/files.ts';
import { picture as image } from '../../support/pictures.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { closeAfterEach, openPage, type Page, picture, textsOf } from './page.ts';

const PATIENCE = { timeout: 10_000, interval: 50 };

describe('what happens, applied to the picture before it', () => {
  let server: TestServer;
  let alice: Page;
  let bob: Person;
  let carol: Person;
  let dialog: string;
  let group: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  closeAfterEach();

  /** Alice has a page open, and does nothing but look at it. */
  async function setUp({ open }: { open: 'dialog' | 'group' | 'nothing' }): Promise<void> {
    alice = await openPage(server.url, 'alice');
    [bob, carol] = [await person(server.url, 'bob'), await person(server.url, 'carol')];
    dialog = await alice.client.openDialog({ userId: bob.id });
    group = await alice.client.createGroup({ name: 'us', members: [bob.id] });
    await say('one', 'two');
    await say.inGroup('uno');
    if (open !== 'nothing') await alice.client.open(open === 'dialog' ? dialog : group);
    await alice.until((now) => now.conversations.get(dialog)?.lastSeq === 2, 'both messages');
  }

  const say = Object.assign(
    async (...texts: string[]): Promise<void> => {
      for (const text of texts) await bob.api('POST', `/conversations/${dialog}/messages`, { text });
    },
    {
      inGroup: async (...texts: string[]): Promise<void> => {
        for (const text of texts) await bob.api('POST', `/conversations/${group}/messages`, { text });
      },
    },
  );

  /** A second page of the same person, which has read everything just now. */
  async function isAsFresh(): Promise<void> {
    const { open } = alice.now;
    const fresh = await openPage(server.url, alice.tokens);
    if (open) await fresh.client.open(open);
    if (open) await fresh.until((now) => now.room, 'who is in the room');
    await vi.waitFor(() => expect(picture(alice.now)).toEqual(picture(fresh.now)), PATIENCE);
    expect(fresh.now.loaded).toBe(true);
    await fresh.close();
  }

  it.each(['dialog', 'nothing'] as const)('is as fresh after messages, with %s open', async (open) => {
    await setUp({ open });
    await say('three', 'four');
    await alice.until((now) => now.conversations.get(dialog)?.unreadCount === 4);
    expect(alice.now.conversations.get(dialog)?.lastMessage?.text).toBe('four');
    if (open === 'dialog') expect(textsOf(alice, dialog)).toEqual(['one', 'two', 'three', 'four']);
    await isAsFresh();
  });

  it.each(['dialog', 'nothing'] as const)(
    'is as fresh after an edit and deletions, with %s open',
    async (open) => {
      await setUp({ open });
      await bob.api('PATCH', `/conversations/${dialog}/messages/1`, { text: 'ONE' });
      await bob.api('DELETE', `/conversations/${dialog}/messages/1`);
      await bob.api('DELETE', `/conversations/${dialog}/messages/2`);
      await alice.until((now) => now.conversations.get(dialog)?.lastMessage?.deletedAt);
      await alice.until((now) => now.conversations.get(dialog)?.unreadCount === 0, 'that nothing is unread');
      await isAsFresh();
    },
  );

  it.each(['dialog', 'nothing'] as const)(
    'is as fresh after marks of both sides, with %s open',
    async (open) => {
      await setUp({ open });
      await say('three');
      await bob.api('PUT', `/conversations/${dialog}/marks`, { readSeq: 2 });
      // Read on another device, and not to the end: what is left cannot be told without knowing the messages.
      await alice.client.api.put(`/conversations/${dialog}/marks`, { readSeq: 1 });
      await alice.until((now) => now.conversations.get(dialog)?.unreadCount === 2, 'two unread');
      await isAsFresh();
      alice.client.markRead(dialog, 3);
      await alice.until((now) => now.conversations.get(dialog)?.unreadCount === 0, 'none unread');
      await isAsFresh();
    },
  );

  it.each(['group', 'nothing'] as const)(
    'is as fresh after members came, rose and left, with %s open',
    async (open) => {
      await setUp({ open });
      await alice.client.addMembers(group, [carol.id]);
      await alice.client.setRole(group, carol.id, 'admin');
      await alice.until((now) => now.conversations.get(group)?.memberCount === 3);
      await isAsFresh();
      await carol.api('DELETE', `/conversations/${group}/members/${bob.id}`);
      await alice.until((now) => now.conversations.get(group)?.memberCount === 2);
      if (open === 'group') expect(alice.now.threads.get(group)?.members.get(carol.id)?.role).toBe('admin');
      await isAsFresh();
    },
  );

  it('is as fresh after one was removed oneself, and taken in again', async () => {
    await setUp({ open: 'group' });
    await alice.client.setRole(group, bob.id, 'owner');
    await alice.until((now) => now.threads.get(group)?.members.get(bob.id)?.role === 'owner');
    await alice.client.setRole(group, alice.me.id, 'member');
    await bob.api('DELETE', `/conversations/${group}/members/${alice.me.id}`);
    await alice.until((now) => !now.conversations.has(group), 'that the group is gone');
    expect(alice.now).toMatchObject({ open: null, room: null });
    await isAsFresh();
    await say.inGroup('dos');
    await bob.api('POST', `/conversations/${group}/members`, { userIds: [alice.me.id] });
    await alice.until((now) => now.conversations.get(group)?.role === 'member', 'that the group is back');
    await alice.client.open(group);
    await isAsFresh();
    expect(textsOf(alice, group)).toEqual(['uno', 'dos']);
  });

  it('is as fresh after a group was made by somebody and renamed', async () => {
    await setUp({ open: 'nothing' });
    const { body } = await bob.api('POST', '/conversations', {
      kind: 'group',
      name: 'tea',
      members: [alice.me.id],
    });
    await alice.until((now) => now.conversations.has(body.id), 'the new group');
    await bob.api('PATCH', `/conversations/${body.id}`, {
      name: 'coffee',
      description: 'strong',
      visibility: 'public',
    });
    await alice.until((now) => now.conversations.get(body.id)?.name === 'coffee', 'the new name');
    expect(alice.now.conversations.get(body.id)).toMatchObject({ description: 'strong' });
    await isAsFresh();
  });

  it('is as fresh after a friendship was asked for, accepted and ended', async () => {
    await setUp({ open: 'nothing' });
    await bob.api('POST', '/friendships', { userId: alice.me.id });
    await alice.until((now) => now.friendships.size === 1, 'the request');
    const [friendship] = [...alice.now.friendships.values()];
    expect(friendship).toMatchObject({ status: 'pending', ownStatus: 'pending', user: { id: bob.id } });
    await isAsFresh();
    await alice.client.answerFriend(friendship!.id, 'accepted');
    await alice.until((now) => now.friendships.get(friendship!.id)?.status === 'accepted');
    const inbox = await bob.join('inbox');
    await alice.until((now) => now.presence.get(bob.id)?.online, 'that bob is here');
    await isAsFresh();
    await inbox.room.leave();
    await alice.until((now) => now.presence.get(bob.id)?.online === false, 'that bob has gone');
    await isAsFresh();
    await alice.client.endFriendship(friendship!.id);
    await alice.until((now) => now.friendships.size === 0, 'that it has ended');
    await isAsFresh();
  });

  it.each(['dialog', 'group', 'nothing'] as const)(
    'is as fresh after people took other names and pictures, with %s open',
    async (open) => {
      await setUp({ open });
      await bob.api('POST', '/friendships', { userId: alice.me.id });
      await alice.until((now) => now.friendships.size === 1, 'the request');
      await alice.client.openDialog({ userId: carol.id });
      await alice.client.block(carol.id);
      alice.client.person(bob.id);
      await alice.until((now) => now.people.has(bob.id));
      const png = await image().png().toBuffer();
      await upload(server, { accessToken: bob.token }, png, {
        method: 'PUT',
        path: '/me/avatar',
        name: 'x.png',
      });
      await bob.api('PATCH', '/me', { displayName: 'Robert' });
      await carol.api('PATCH', '/me', { displayName: 'Caroline' });
      await alice.until((now) => now.blocks.get(carol.id)?.displayName === 'Caroline');
      await alice.until((now) => now.conversations.get(dialog)?.peer?.displayName === 'Robert');
      expect(alice.now.people.get(bob.id)).toMatchObject({
        displayName: 'Robert',
        avatar: expect.any(String),
      });
      if (open !== 'nothing') {
        const thread = open === 'dialog' ? dialog : group;
        expect(alice.now.threads.get(thread)?.members.get(bob.id)?.displayName).toBe('Robert');
      }
      await isAsFresh();
    },
  );

  it('has one’s own name as another device has changed it', async () => {
    await setUp({ open: 'group' });
    await alice.client.api.patch('/me', { displayName: 'Ada' });
    await alice.until((now) => now.me?.displayName === 'Ada');
    expect(alice.now.me?.createdAt).toBe(alice.me.createdAt);
    expect(alice.now.threads.get(group)?.members.get(alice.me.id)?.displayName).toBe('Ada');
    await isAsFresh();
  });

  it('is as fresh while somebody types, and after', async () => {
    await setUp({ open: 'dialog' });
    const room = await bob.join('dialog', { userId: alice.me.id });
    await alice.until((now) => now.room?.online.has(bob.id), 'that bob is in the room');
    await room.request('typing', { on: true });
    await alice.until((now) => now.typing.get(dialog)?.has(bob.id), 'that bob types');
    await isAsFresh();
    await room.request('send', { text: 'three' });
    await alice.until((now) => !now.typing.has(dialog), 'that bob types no more');
    await isAsFresh();
    await room.room.leave();
  });

  it('is as fresh after so much was missed that the history is read anew', async () => {
    await setUp({ open: 'dialog' });
    const texts = Array.from({ length: 1_100 }, (_, index) => `m${index}`);
    const room = await bob.join('inbox');
    alice.client.store.subscribe(() => {});
    await Promise.all(texts.map((text) => room.request('send', { conversationId: dialog, text })));
    await alice.until((now) => now.conversations.get(dialog)?.lastSeq === 1_102, 'all messages');
    expect(alice.now.threads.get(dialog)?.messages.length).toBeLessThanOrEqual(400);
    await alice.client.loadNewest(dialog);
    await isAsFresh();
    await room.room.leave();
  });
});
