import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BusPayload } from '../../src/bus/bus.ts';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { NatsBus } from '../../src/bus/nats-bus.ts';
import { addMembers } from '../../src/chat/add-members.ts';
import { createGroup } from '../../src/chat/create-group.ts';
import type { ChatEvent } from '../../src/chat/events.ts';
import type { Attached } from '../../src/chat/feeds.ts';
import { joinGroup } from '../../src/chat/join-group.ts';
import { leaveConversation } from '../../src/chat/leave-conversation.ts';
import { MAX_MEMBERS, MAX_MEMBERS_ADDED, SMALL_GROUP } from '../../src/chat/limits.ts';
import { readChanges } from '../../src/chat/read-changes.ts';
import { removeMember } from '../../src/chat/remove-member.ts';
import { type Core, openCore } from '../support/core.ts';
import { crowd } from '../support/crowd.ts';
import { Diary, eventually } from '../support/diary.ts';
import { LossyBus } from '../support/lossy-bus.ts';
import { type Nats, startNats } from '../support/nats.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** Their position checks never come: what arrives here arrives by the bus, at once. */
describe('a large group on two nodes', () => {
  let nats: Nats;
  let buses: NatsBus[];
  let here: Core;
  let there: Core;
  const attached: Attached<unknown>[] = [];

  beforeAll(async () => {
    nats = await startNats();
    const databaseUrl = await createTestDatabase();
    buses = await Promise.all([1, 2].map(() => NatsBus.connect({ url: nats.url, onError: () => {} })));
    const [one, other] = buses.map((bus) =>
      openCore('PostgreSQL', { databaseUrl, bus, positionCheckMs: 3_600_000 }),
    );
    here = await one!;
    there = await other!;
    await Promise.all([here.chat.start(), there.chat.start()]);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await nats.stop();
  });
  afterEach(() => {
    for (const each of attached.splice(0)) each.detach();
  });

  const attach = async (core: Core, userId: string): Promise<Diary> => {
    const diary = new Diary();
    attached.push(await core.chat.feeds.attachToUser(userId, diary));
    return diary;
  };
  const send = (core: Core, conversationId: string, senderId: string, text: string) =>
    core.chat.messages.append({
      conversationId,
      senderId,
      text,
      clientId: null,
      replyTo: null,
      attachments: [],
    });
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);
  const published = (): number => buses.reduce((sum, bus) => sum + bus.counters.published, 0);
  const settled = async (): Promise<void> => {
    for (const bus of buses) expect(await bus.flush()).toBe(true);
  };

  it('has told everybody everything once, in order, however often it was just large and just not', async () => {
    const [owner, newcomer, ...others] = await crowd(here.chat.database, SMALL_GROUP + 30);
    const members = others.slice(0, SMALL_GROUP - 1);
    const more = others.slice(SMALL_GROUP - 1);
    const group = await createGroup(here.chat, owner!, { name: 'hike', visibility: 'public', members });
    const diaries = await Promise.all(
      members.slice(0, 40).map((userId, n) => attach(n % 2 ? here : there, userId)),
    );
    const changes: string[] = [];
    const allHeard = async (change: string) => {
      changes.push(change);
      const seq = changes.length * 2;
      await send(here, group, members[0]!, `after: ${change}`);
      await send(there, group, members[1]!, `after: ${change}`);
      for (const diary of diaries) await eventually(() => expect(diary.seqs(group)).toEqual(upTo(seq)));
    };
    await allHeard('nothing');
    for (const core of [here, there]) {
      await joinGroup(core.chat, newcomer!, group);
      await allHeard('joined, so it is large');
      await leaveConversation(core.chat, newcomer!, { conversationId: group });
      await allHeard('left, so it is small');
    }
    await addMembers(there.chat, owner!, { conversationId: group, userIds: more });
    await allHeard('many added at once');
    for (const [n, userId] of more.entries()) {
      await removeMember(n % 2 ? here.chat : there.chat, owner!, { conversationId: group, userId });
    }
    await allHeard('all of them removed');
    const cameAndWent = [...Array(2).fill([newcomer, newcomer]).flat(), ...more, ...more];
    for (const diary of diaries) {
      expect(diary.of('member', group).map((event) => event.member.userId)).toEqual(cameAndWent);
      const revs = diary.events.flatMap((event) => ('rev' in event ? [event.rev] : []));
      expect(revs).toEqual(revs.toSorted((one, other) => one - other));
    }
  });

  it('loses nothing that both nodes say while it becomes large and small again', async () => {
    const [owner, newcomer, ...members] = await crowd(here.chat.database, SMALL_GROUP + 1);
    const group = await createGroup(here.chat, owner!, { name: 'hike', visibility: 'public', members });
    const diaries = await Promise.all(members.map((userId, n) => attach(n % 2 ? here : there, userId)));
    const talk = async (core: Core, senderId: string) => {
      for (let n = 0; n < 150; n += 1) await send(core, group, senderId, `${n}`);
    };
    const comeAndGo = async (core: Core) => {
      for (let n = 0; n < 10; n += 1) {
        await joinGroup(core.chat, newcomer!, group);
        await leaveConversation(core.chat, newcomer!, { conversationId: group });
      }
    };
    await Promise.all([talk(here, members[0]!), talk(there, members[1]!), comeAndGo(there)]);
    await settled();
    // What a node subscribed to too late, a round finds and the next one repairs.
    for (const { chat } of [here, there, here, there]) await chat.positionCheck.run();
    for (const diary of diaries) await eventually(() => expect(diary.seqs(group)).toEqual(upTo(300)));
  });

  it('shows whoever was added, or removed, their own part of it', async () => {
    const [owner, bob, carol, ...members] = await crowd(here.chat.database, SMALL_GROUP + 50);
    const group = await createGroup(here.chat, owner!, { name: 'hike', visibility: 'private', members });
    const [bobs, carols] = [await attach(there, bob!), await attach(here, carol!)];
    await send(here, group, owner!, 'before they came');
    await addMembers(here.chat, owner!, { conversationId: group, userIds: [bob!, carol!] });
    await send(there, group, owner!, 'welcome');
    for (const diary of [bobs, carols]) await eventually(() => expect(diary.seqs(group)).toEqual([2]));
    await removeMember(here.chat, owner!, { conversationId: group, userId: bob! });
    await send(there, group, owner!, 'without bob');
    await eventually(() => expect(carols.seqs(group)).toEqual([2, 3]));
    await settled();
    expect(bobs.seqs(group)).toEqual([2]);
    expect(bobs.of('member', group).at(-1)!.member).toMatchObject({ userId: bob, left: true });
  });

  it('costs one publish a message with thousands of members, and tells each of no marks but their own', async () => {
    const [owner, ...others] = await crowd(here.chat.database, MAX_MEMBERS);
    const group = await createGroup(here.chat, owner!, { name: 'all', visibility: 'private', members: [] });
    for (let start = 0; start < others.length; start += MAX_MEMBERS_ADDED) {
      const userIds = others.slice(start, start + MAX_MEMBERS_ADDED);
      await addMembers(here.chat, owner!, { conversationId: group, userIds });
    }
    const listeners = others.slice(0, 2_000);
    const heard = new Map<string, ChatEvent[]>(listeners.map((userId) => [userId, []]));
    await Promise.all(
      [...heard].map(async ([userId, events], n) => {
        const { chat } = n % 2 ? here : there;
        attached.push(await chat.feeds.attachToUser(userId, { deliver: (event) => void events.push(event) }));
      }),
    );
    await settled();
    const before = published();
    for (let n = 0; n < 10; n += 1) await send(n % 2 ? here : there, group, owner!, `${n}`);
    await eventually(() => {
      for (const events of heard.values()) expect(events).toHaveLength(10);
    });
    expect(published() - before).toBe(10);

    const { rev } = (await readChanges(here.chat, owner!, { conversationId: group, since: 0 })) as {
      rev: number;
    };
    const read = { conversationId: group, deliveredSeq: 0, readSeq: 10 };
    await Promise.all(
      listeners.map((userId, n) => (n % 2 ? here : there).chat.marks.move({ ...read, userId })),
    );
    await eventually(() => {
      for (const [userId, events] of heard) {
        const mark = { userId, deliveredSeq: 10, readSeq: 10 };
        expect(events.slice(10)).toMatchObject([{ type: 'mark', marks: [mark] }]);
      }
    });
    expect(published() - before).toBeLessThan(100);
    const told = await readChanges(here.chat, listeners[0]!, { conversationId: group, since: rev });
    expect(told).toMatchObject({ members: [{ userId: listeners[0], readSeq: 10 }] });
  });
});

describe('a group that becomes large', () => {
  it('keeps nothing from those who hear of it late', async () => {
    const bus = new LossyBus(new InProcessBus(() => {}));
    const core = await openCore('PostgreSQL', { bus, positionCheckMs: 3_600_000 });
    const [owner, newcomer, ...members] = await crowd(core.chat.database, SMALL_GROUP + 1);
    const group = await createGroup(core.chat, owner!, { name: 'hike', visibility: 'public', members });
    const diary = new Diary();
    const attached = await core.chat.feeds.attachToUser(members[0]!, diary);
    const late: [string, BusPayload][] = [];
    bus.drops = (topic, payload) => topic.startsWith('user.') && late.push([topic, payload]) > 0;
    await joinGroup(core.chat, newcomer!, group);
    await core.chat.messages.append({
      conversationId: group,
      senderId: owner!,
      text: 'to the many',
      clientId: null,
      replyTo: null,
      attachments: [],
    });
    expect(diary.seqs(group)).toEqual([]);
    bus.drops = () => false;
    for (const [topic, payload] of late) bus.publish(topic, payload);
    await eventually(() => expect(diary.texts.get(1)).toBe('to the many'));
    attached.detach();
    await core.close();
  });
});
