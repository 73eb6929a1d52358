import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { addMembers } from '../../src/chat/add-members.ts';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { createGroup } from '../../src/chat/create-group.ts';
import { deleteMessage, editMessage } from '../../src/chat/edit-message.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { removeMember } from '../../src/chat/remove-member.ts';
import { type Core, openCore } from '../support/core.ts';
import { Diary, eventually } from '../support/diary.ts';
import { LossyBus, seededRandom } from '../support/lossy-bus.ts';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

describe('a bus that loses messages', () => {
  let core: Core;
  let chat: Chat;
  let alice: string;
  let bob: string;
  let carol: string;
  const bus = new LossyBus(new InProcessBus(() => {}));

  beforeAll(async () => {
    core = await openCore('PGlite', { bus });
    chat = core.chat;
    await chat.start();
  });
  afterAll(() => core.close());
  beforeEach(async () => {
    bus.drops = () => false;
    bus.dropped = 0;
    [alice, bob, carol] = [await core.person('alice'), await core.person('bob'), await core.person('carol')];
  });

  const send = (senderId: string, conversationId: string, text: string) =>
    chat.messages.append({ conversationId, senderId, text, clientId: null, replyTo: null, attachments: [] });

  it('costs nobody a message, nor the order, whether they watch the conversation or their feed', async () => {
    const dialog = await openDialog(chat, alice, { userId: bob });
    const [feed, watch] = [new Diary(), new Diary()];
    const attached = [
      await chat.feeds.attachToUser(bob, feed),
      await chat.feeds.attachToConversation(dialog, watch),
    ];
    const senderOf = (seq: number): string => (seq % 3 === 0 ? bob : alice);
    const random = seededRandom(1);
    bus.drops = () => random() < 0.5;
    for (let n = 1; n <= 150; n += 1) {
      await send(senderOf(n), dialog, `message ${n}`);
      const seq = n - 2;
      if (n % 10 === 0)
        await editMessage(chat, senderOf(seq), { conversationId: dialog, seq, text: `edited ${seq}` });
    }
    await deleteMessage(chat, alice, { conversationId: dialog, seq: 1 });
    for (const diary of [feed, watch]) {
      await eventually(() => expect(diary.seqs(dialog)).toEqual(upTo(150)));
      await eventually(() => expect(diary.texts.get(1)).toBe(''));
      await eventually(() => expect(diary.texts.get(148)).toBe('edited 148'));
      expect(diary.texts.get(8)).toBe('edited 8');
    }
    expect(bus.dropped).toBeGreaterThan(100);
    for (const each of attached) each.detach();
  });

  it('is noticed even when everything is lost and nothing follows', async () => {
    const dialog = await openDialog(chat, alice, { userId: bob });
    const diary = new Diary();
    const attached = await chat.feeds.attachToUser(bob, diary);
    bus.drops = () => true;
    await send(alice, dialog, 'the only one');
    expect(diary.seqs(dialog)).toEqual([]);
    await eventually(() => expect(diary.texts.get(1)).toBe('the only one'));
    attached.detach();
  });

  it('keeps nobody from learning that they were added to a group, with what was said since', async () => {
    const group = await createGroup(chat, alice, { name: 'hike', visibility: 'private', members: [carol] });
    await send(alice, group, 'before bob came');
    const diary = new Diary();
    const attached = await chat.feeds.attachToUser(bob, diary);
    bus.drops = () => true;
    await addMembers(chat, alice, { conversationId: group, userIds: [bob] });
    await send(alice, group, 'welcome');
    await eventually(() => expect(diary.seqs(group)).toEqual([2]));
    expect(diary.of('member', group).map((event) => event.member.userId)).toContain(bob);
    attached.detach();
  });

  it('shows nobody what was said after they were removed', async () => {
    const group = await createGroup(chat, alice, {
      name: 'hike',
      visibility: 'private',
      members: [bob, carol],
    });
    const [bobs, carols] = [new Diary(), new Diary()];
    const attached = [await chat.feeds.attachToUser(bob, bobs), await chat.feeds.attachToUser(carol, carols)];
    bus.drops = () => true;
    await send(alice, group, 'to all');
    await removeMember(chat, alice, { conversationId: group, userId: bob });
    await send(alice, group, 'without bob');
    await eventually(() => expect(carols.seqs(group)).toEqual([1, 2]));
    await eventually(() =>
      expect(bobs.of('member', group).at(-1)?.member).toMatchObject({ userId: bob, left: true }),
    );
    expect([...bobs.texts.values()]).not.toContain('without bob');
    for (const each of attached) each.detach();
  });

  it('keeps nobody from learning of a friend request and its answer', async () => {
    const [alices, bobs] = [new Diary(), new Diary()];
    const attached = [await chat.feeds.attachToUser(alice, alices), await chat.feeds.attachToUser(bob, bobs)];
    const statuses = (diary: Diary) =>
      diary.events.flatMap((event) => (event.type === 'friendship' ? [event.friendship.status] : []));
    bus.drops = () => true;
    const { id } = await askFriend(chat, alice, { userId: bob });
    await eventually(() => expect(statuses(bobs)).toEqual(['pending']));
    await answerFriend(chat, bob, { friendshipId: id, status: 'accepted' });
    await eventually(() => expect(statuses(alices)).toEqual(['pending', 'accepted']));
    for (const each of attached) each.detach();
  });

  it('says plainly that too much was missed', async () => {
    const dialog = await openDialog(chat, alice, { userId: bob });
    const diary = new Diary();
    const attached = await chat.feeds.attachToUser(bob, diary);
    bus.drops = () => true;
    // Otherwise it would repair the first half before the second is written.
    await chat.positionCheck.stop();
    await Promise.all(Array.from({ length: 1_200 }, (_, n) => send(alice, dialog, `message ${n}`)));
    await chat.positionCheck.start();
    await eventually(() => expect(diary.of('reset', dialog)).toHaveLength(1));
    bus.drops = () => false;
    await send(alice, dialog, 'after the reset');
    await eventually(() => expect(diary.seqs(dialog)).toEqual([1_201]));
    attached.detach();
  });
});
