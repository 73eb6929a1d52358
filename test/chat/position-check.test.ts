import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { addMembers } from '../../src/chat/add-members.ts';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import { changeConversation } from '../../src/chat/change-conversation.ts';
import { createGroup } from '../../src/chat/create-group.ts';
import { editMessage } from '../../src/chat/edit-message.ts';
import { endSession } from '../../src/chat/end-session.ts';
import type { Attached } from '../../src/chat/feeds.ts';
import { MAX_LOOK_BACK_MS } from '../../src/chat/limits.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { asUnavailable } from '../../src/chat/unavailable.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, openCore } from '../support/core.ts';
import { Diary, eventually } from '../support/diary.ts';
import { createMovableClock, type MovableClock } from '../support/movable-clock.ts';

/** No bus between them: what `there` learns of `here` it learns from its position check, or never. */
describe('a node that was not told', () => {
  let clock: MovableClock;
  let here: Core;
  let there: Core;
  let alice: string;
  let bob: string;
  let dialog: string;
  let diary: Diary;
  const attached: Attached<unknown>[] = [];

  beforeAll(async () => {
    clock = await createMovableClock();
    const { databaseUrl } = clock;
    // A lease that outlasts every jump of the clock.
    const open = () =>
      openCore('PostgreSQL', { databaseUrl, leaseMs: 3_600_000, bus: new InProcessBus(() => {}) });
    [here, there] = [await open(), await open()];
    await Promise.all([here.chat.start(), there.chat.start()]);
  });
  afterAll(() => Promise.all([here.close(), there.close()]));
  beforeEach(async () => {
    [alice, bob] = [await here.person('alice'), await here.person('bob')];
    dialog = await openDialog(here.chat, alice, { userId: bob });
    diary = new Diary();
    attached.push(await there.chat.feeds.attachToUser(bob, diary));
  });
  afterEach(() => {
    for (const each of attached.splice(0)) each.detach();
  });

  const send = (text: string) =>
    here.chat.messages.append({
      conversationId: dialog,
      senderId: alice,
      text,
      clientId: null,
      replyTo: null,
      attachments: [],
    });
  const friendships = () =>
    diary.events.flatMap((event) => (event.type === 'friendship' ? [event.friendship.status] : []));
  /** What happens here while the other node is stopped, for so long. */
  const whileAsleep = async (ms: number, happens: () => Promise<unknown>) => {
    await there.chat.positionCheck.stop();
    await happens();
    await clock.advance(ms);
    await there.chat.positionCheck.start();
  };

  it('catches up on messages after a sleep that is longer than any round looks back', async () => {
    await whileAsleep(30_000, () => send('while you slept'));
    await eventually(() => expect(diary.texts.get(1)).toBe('while you slept'));
  });

  it('catches up on everything after a sleep that is too long to go through all that changed', async () => {
    let group = '';
    await whileAsleep(2 * MAX_LOOK_BACK_MS, async () => {
      await send('long ago');
      group = await createGroup(here.chat, alice, { name: 'hike', visibility: 'private', members: [bob] });
      await askFriend(here.chat, alice, { userId: bob });
    });
    await eventually(() => expect(diary.texts.get(1)).toBe('long ago'));
    await eventually(() => expect(diary.of('conversation', group)).toHaveLength(1));
    await eventually(() => expect(friendships()).toEqual(['pending']));
  });

  it('catches up on groups, friendships and revoked sessions', async () => {
    const group = await createGroup(here.chat, alice, { name: 'hike', visibility: 'private', members: [] });
    const sessionId = randomUUID();
    const session = `
      insert into session (id, user_id, device, refresh_hash, family_hash, created_at, last_used_at, expires_at)
      values ($1::uuid, $2, '', $1::uuid::text, $1::uuid::text, now(), now(), now() + interval '1 day')`;
    await query(here.chat.database.em, session, [sessionId, bob]);
    let ended = 0;
    const forget = there.chat.sessions.add(sessionId, { end: () => (ended += 1) });
    await whileAsleep(30_000, async () => {
      await addMembers(here.chat, alice, { conversationId: group, userIds: [bob] });
      const { id } = await askFriend(here.chat, alice, { userId: bob });
      await answerFriend(here.chat, bob, { friendshipId: id, status: 'accepted' });
      await endSession(here.chat, { userId: bob, sessionId: 'another' }, sessionId);
    });
    await eventually(() => expect(diary.of('member', group)).toHaveLength(1));
    await eventually(() => expect(friendships()).toEqual(['accepted']));
    await eventually(() => expect(ended).toBeGreaterThan(0));
    forget();
  });

  it('does not mind that the clock of the other node is a minute behind', async () => {
    const { id } = await askFriend(here.chat, alice, { userId: bob });
    await eventually(() => expect(friendships()).toEqual(['pending']));
    await clock.advance(60_000);
    // Rounds of both nodes by the new time, so that nothing is found for having slept.
    await Promise.all([here.chat.positionCheck.run(), there.chat.positionCheck.run()]);
    await send('by the database’s clock');
    await eventually(() => expect(diary.texts.get(1)).toBe('by the database’s clock'));
    await editMessage(here.chat, alice, { conversationId: dialog, seq: 1, text: 'edited' });
    await eventually(() => expect(diary.texts.get(1)).toBe('edited'));
    const group = await createGroup(here.chat, alice, {
      name: 'hike',
      visibility: 'private',
      members: [bob],
    });
    await eventually(() => expect(diary.of('conversation', group)).toHaveLength(1));
    await answerFriend(here.chat, bob, { friendshipId: id, status: 'accepted' });
    await eventually(() => expect(friendships()).toEqual(['pending', 'accepted']));
  });

  it('looks again at what it could not repair, however long ago it was', async () => {
    await there.chat.positionCheck.stop();
    await send('unreadable at first');
    await query(here.chat.database.em, 'alter table conversation rename to gone', []);
    await expect(there.chat.positionCheck.run()).rejects.toThrow('conversation');
    await clock.advance(30_000);
    await query(here.chat.database.em, 'alter table gone rename to conversation', []);
    await there.chat.positionCheck.start();
    await eventually(() => expect(diary.texts.get(1)).toBe('unreadable at first'));
  });

  it('waits only so long for a node that was stopped halfway through a change', async () => {
    await send('the first');
    let release = (): void => {};
    const halfway = new Promise<void>((locked) => {
      void changeConversation(here.chat, alice, dialog, async () => {
        locked();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { result: undefined, events: [] };
      }).catch((error) => failures.push(error));
    });
    const failures: unknown[] = [];
    await halfway;
    await there.chat.messages.append({
      conversationId: dialog,
      senderId: bob,
      text: 'not held up',
      clientId: null,
      replyTo: null,
      attachments: [],
    });
    release();
    await eventually(() => expect(failures.map(asUnavailable)).toMatchObject([{ code: 'unavailable' }]));
  });
});
