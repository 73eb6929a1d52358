import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, openCore } from '../support/core.ts';
import { Diary, eventually } from '../support/diary.ts';
import { createTestDatabase } from '../support/test-database.ts';

const LEASE_MS = 1_500;

/** No bus between them at all: what each learns of the other it learns from PostgreSQL. */
describe('two nodes that share nothing but the database', () => {
  let here: Core;
  let there: Core;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    const databaseUrl = await createTestDatabase();
    here = await openCore('PostgreSQL', { databaseUrl, leaseMs: LEASE_MS });
    there = await openCore('PostgreSQL', { databaseUrl, leaseMs: LEASE_MS });
    await Promise.all([here.chat.start(), there.chat.start()]);
    [alice, bob] = [await here.person('alice'), await here.person('bob')];
  });
  afterAll(() => Promise.all([here.close(), there.close()]));

  it('write to one conversation at the same time, in one order that both show', async () => {
    const dialog = await openDialog(here.chat, alice, { userId: bob });
    const diaries = [new Diary(), new Diary()];
    const attached = [
      await here.chat.feeds.attachToUser(alice, diaries[0]!),
      await there.chat.feeds.attachToUser(bob, diaries[1]!),
    ];
    const write = async (core: Core, senderId: string) => {
      for (let n = 0; n < 200; n += 1) {
        const message = {
          conversationId: dialog,
          senderId,
          text: `${n}`,
          clientId: `${n}`,
          replyTo: null,
          attachments: [],
        };
        await core.chat.messages.append(message);
        if (n % 20 === 0)
          await core.chat.marks.move({
            conversationId: dialog,
            userId: senderId,
            deliveredSeq: 0,
            readSeq: n,
          });
      }
    };
    await Promise.all([write(here, alice), write(there, bob)]);
    const all = Array.from({ length: 400 }, (_, n) => n + 1);
    for (const diary of diaries) await eventually(() => expect(diary.seqs(dialog)).toEqual(all));
    expect([...diaries[0]!.texts]).toEqual([...diaries[1]!.texts]);
    for (const each of attached) each.detach();
  });

  it('show each other’s people, until the lease of a node that died ends', async () => {
    const { id: friendshipId } = await askFriend(here.chat, alice, { userId: bob });
    await answerFriend(here.chat, bob, { friendshipId, status: 'accepted' });
    const diary = new Diary();
    const attached = await here.chat.feeds.attachToUser(alice, diary);
    await there.chat.presence.settled();
    // What a node leaves behind that was killed: its lease, and the people it held.
    const node = randomUUID();
    const em = here.chat.database.em.fork();
    await query(em, `insert into node (id, lease_until) values ($1, now() + interval '1 second')`, [node]);
    await query(em, 'insert into live_user (user_id, node_id) values ($1, $2)', [bob, node]);
    expect(await there.chat.presence.online([alice, bob])).toEqual(new Set([bob]));
    const offline = expect.objectContaining({ type: 'presence', userId: bob, online: false });
    // Whichever node notices first tells its own people; without a bus, alice's node has to be that one.
    await there.chat.presence.stop();
    await eventually(() => expect(diary.events).toContainEqual(offline));
    expect(await here.chat.presence.online([bob])).toEqual(new Set());
    attached.detach();
  });
});
