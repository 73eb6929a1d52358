import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import { createGroup } from '../../src/chat/create-group.ts';
import { getUser } from '../../src/chat/get-user.ts';
import { joinGroup } from '../../src/chat/join-group.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, openCore } from '../support/core.ts';
import { Diary, eventually } from '../support/diary.ts';
import { openLine } from '../support/line.ts';
import { LossyBus } from '../support/lossy-bus.ts';
import { createTestDatabase } from '../support/test-database.ts';

const LEASE_MS = 1_500;

describe('who is online, on nodes that share a database', () => {
  const wire = new InProcessBus(() => {});
  const [bus, otherBus] = [new LossyBus(wire), new LossyBus(wire)];
  let databaseUrl: string;
  let here: Core;
  let there: Core;
  let alice: string;
  let bob: string;
  let group: string;
  /** What is shown of bob here: to his friend alice, and to whoever has their group open. */
  let feed: Diary;
  let watch: Diary;
  const open: { detach(): void }[] = [];

  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    here = await openCore('PostgreSQL', { databaseUrl, leaseMs: LEASE_MS, bus });
    there = await openCore('PostgreSQL', { databaseUrl, leaseMs: LEASE_MS, bus: otherBus });
    await Promise.all([here.chat.start(), there.chat.start()]);
  });
  afterAll(() => Promise.all([here.close(), there.close()]));
  beforeEach(async () => {
    [alice, bob] = [await here.person('alice'), await here.person('bob')];
    const { id: friendshipId } = await askFriend(here.chat, alice, { userId: bob });
    await answerFriend(here.chat, bob, { friendshipId, status: 'accepted' });
    group = await createGroup(here.chat, alice, { name: 'hike', visibility: 'public', members: [bob] });
    [feed, watch] = [new Diary(), new Diary()];
    open.push(
      await here.chat.feeds.attachToUser(alice, feed),
      await here.chat.feeds.attachToConversation(group, watch),
    );
  });
  afterEach(() => {
    for (const each of open.splice(0)) each.detach();
    for (const each of [bus, otherBus]) each.drops = () => false;
  });

  const loseEverything = (): void => {
    for (const each of [bus, otherBus]) each.drops = () => true;
  };
  /** What the faces were told last of this person; undefined if they were told nothing. */
  const shown = (userId: string) =>
    [feed, watch].map((diary) => {
      const told = diary.events.filter((event) => event.type === 'presence' && event.userId === userId);
      const last = told.at(-1);
      return last?.type === 'presence' ? last.online : undefined;
    });
  const isShown = (userId: string, online: boolean) =>
    eventually(() => expect(shown(userId)).toEqual([online, online]));
  /** A connection of bob's to that node, closed after the test at the latest. */
  const connect = (core: Core) => {
    const disconnect = core.chat.presence.connect(bob);
    open.push({ detach: disconnect });
    return disconnect;
  };
  const sql = (text: string, parameters: unknown[] = []) =>
    query<{ n: number }>(here.chat.database.em.fork(), text, parameters);

  it('is found out when all hints are lost, in both directions', async () => {
    loseEverything();
    const disconnect = connect(there);
    await isShown(bob, true);
    disconnect();
    await isShown(bob, false);
    connect(there);
    await isShown(bob, true);
  });

  it('is put right when two hints crossed', async () => {
    connect(there);
    await isShown(bob, true);
    // What another node, from which bob has gone, says too late.
    const late = { type: 'presence', userId: bob, online: false, lastSeenAt: null } as const;
    wire.publish(`user.${alice}`, late);
    wire.publish(`conversation.${group}`, late);
    await isShown(bob, false);
    await isShown(bob, true);
  });

  it('is told once to those who know', async () => {
    const disconnect = connect(there);
    await isShown(bob, true);
    disconnect();
    await isShown(bob, false);
    // Three more rounds find bob's coming and going again, for nobody.
    for (let n = 0; n < 3; n += 1) await here.chat.positionCheck.run();
    const told = feed.events.flatMap((event) =>
      event.type === 'presence' && event.userId === bob ? [event.online] : [],
    );
    expect(told.filter((online, n) => online === told[n - 1])).toEqual([]);
  });

  it('is one matter of all connections: who leaves one node stays online with another', async () => {
    connect(here);
    const disconnect = connect(there);
    await isShown(bob, true);
    disconnect();
    await there.chat.presence.settled();
    for (let n = 0; n < 2; n += 1) await here.chat.positionCheck.run();
    expect(shown(bob)).toEqual([true, true]);
    expect(await here.chat.presence.online([bob])).toEqual(new Set([bob]));
  });

  it('is shown of somebody new to a group, who was there all the time', async () => {
    const carol = await here.person('carol');
    open.push({ detach: there.chat.presence.connect(carol) });
    await there.chat.presence.settled();
    loseEverything();
    await joinGroup(there.chat, carol, group);
    await eventually(() => expect(shown(carol)[1]).toBe(true));
  });

  it('is said again by every node when PostgreSQL crashed and forgot it', async () => {
    connect(there);
    await isShown(bob, true);
    loseEverything();
    // A crash would break a round off; this must not come in the middle of one.
    await here.chat.positionCheck.stop();
    await sql('truncate node, live_user, presence_change');
    await here.chat.positionCheck.start();
    await eventually(async () => expect(await here.chat.presence.online([bob])).toEqual(new Set([bob])));
    expect(shown(bob)).toEqual([true, true]);
  });

  it('is found out of those who went while PostgreSQL had forgotten them', async () => {
    const disconnect = connect(there);
    await isShown(bob, true);
    loseEverything();
    await sql('truncate node, live_user, presence_change');
    disconnect();
    await isShown(bob, false);
  });

  it('is written when the database is back, if it was away when somebody came or went', async () => {
    const disconnect = connect(there);
    await isShown(bob, true);
    await sql('alter table live_user rename to gone');
    disconnect();
    await there.chat.presence.settled();
    await sql('alter table gone rename to live_user');
    await isShown(bob, false);
  });

  it('is lost with a node that died, at the end of its lease, and so is when they were last seen', async () => {
    const line = await openLine(databaseUrl);
    const url = new URL(databaseUrl);
    url.port = new URL(line.url).port;
    const dying = await openCore('PostgreSQL', {
      databaseUrl: url.href,
      leaseMs: LEASE_MS,
      bus: new LossyBus(new InProcessBus(() => {})),
    });
    await dying.chat.start();
    connect(dying);
    await isShown(bob, true);
    // It can reach nobody any more, and to the others that is the same as being dead.
    line.close();
    const [lease] = await query<{ ends: string }>(
      here.chat.database.em.fork(),
      'select lease_until::text as ends from node where id = $1',
      [dying.chat.nodeId],
    );
    await isShown(bob, false);
    const [seen] = await sql(
      `select count(*)::int as n from "user" where id = $1 and last_seen_at = $2::text::timestamptz
       and clock_timestamp() < last_seen_at + $3::float8 * interval '1 ms'`,
      [bob, lease!.ends, LEASE_MS / 3],
    );
    expect(seen).toEqual({ n: 1 });
    const { lastSeenAt } = await getUser(here.chat, bob);
    expect(feed.events.at(-1)).toMatchObject({ type: 'presence', userId: bob, lastSeenAt });
    expect(await sql('select count(*)::int as n from live_user where user_id = $1', [bob])).toEqual([
      { n: 0 },
    ]);
    await dying.close();
  });

  it('comes back with a node that was taken for dead', async () => {
    // Comes round so seldom that the others have cleared it away before it can renew its lease.
    const sleeper = await openCore('PostgreSQL', { databaseUrl, leaseMs: 8 * LEASE_MS });
    await sleeper.chat.start();
    connect(sleeper);
    await isShown(bob, true);
    await sql('update node set lease_until = clock_timestamp() where id = $1', [sleeper.chat.nodeId]);
    await isShown(bob, false);
    await isShown(bob, true);
    await sleeper.close();
  });

  it('survives a database that was away for longer than all leases', async () => {
    // Comes round less often than the others, who therefore are back before it.
    const slow = await openCore('PostgreSQL', {
      databaseUrl,
      leaseMs: 3 * LEASE_MS,
    });
    await slow.chat.start();
    connect(slow);
    await isShown(bob, true);
    const before = feed.events.length;
    // Nobody can renew, so everybody's lease has ended when it comes back.
    await sql('alter table node rename to gone');
    await sql('update gone set lease_until = clock_timestamp() where id = $1', [slow.chat.nodeId]);
    const valid = 'select count(*)::int as n from gone where lease_until > clock_timestamp()';
    await eventually(async () => expect(await sql(valid)).toEqual([{ n: 0 }]));
    await sql('alter table gone rename to node');
    const renewed = 'select count(*)::int as n from node where id = $1 and lease_until > clock_timestamp()';
    await eventually(async () => expect(await sql(renewed, [slow.chat.nodeId])).toEqual([{ n: 1 }]));
    await here.chat.positionCheck.run();
    const offline = { type: 'presence', userId: bob, online: false };
    expect(feed.events.slice(before)).not.toContainEqual(expect.objectContaining(offline));
    await slow.close();
  });

  it('is forgotten of nodes that are no more', async () => {
    const node = randomUUID();
    await sql(`insert into node (id, lease_until) values ($1, now() - interval '1 second')`, [node]);
    await sql('insert into live_user (user_id, node_id) values ($1, $2)', [bob, node]);
    await eventually(async () =>
      expect(await sql('select count(*)::int as n from node where id = $1', [node])).toEqual([{ n: 0 }]),
    );
    expect(await sql('select count(*)::int as n from live_user where node_id = $1', [node])).toEqual([
      { n: 0 },
    ]);
  });
});
