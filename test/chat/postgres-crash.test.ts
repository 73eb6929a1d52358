import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { type Core, openCore } from '../support/core.ts';
import { Diary, eventually } from '../support/diary.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

/** No bus between them: what they know of each other afterwards they found in the database. */
describe('two nodes whose PostgreSQL crashes', () => {
  let postgres: Postgres;
  let here: Core;
  let there: Core;

  beforeAll(async () => {
    postgres = await startPostgres();
    const open = () =>
      openCore('PostgreSQL', { databaseUrl: postgres.url, leaseMs: 3_000, bus: new InProcessBus(() => {}) });
    here = await open();
    there = await open();
    await Promise.all([here.chat.start(), there.chat.start()]);
  });
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await postgres.stop();
  });

  it('go on as if nothing had been, and know who is online', async () => {
    const [alice, bob] = [await here.person('alice'), await here.person('bob')];
    const { id: friendshipId } = await askFriend(here.chat, alice, { userId: bob });
    await answerFriend(here.chat, bob, { friendshipId, status: 'accepted' });
    const dialog = await openDialog(here.chat, alice, { userId: bob });
    const [alices, bobs] = [new Diary(), new Diary()];
    const attached = [
      await here.chat.feeds.attachToUser(alice, alices),
      await there.chat.feeds.attachToUser(bob, bobs),
    ];
    const disconnect = there.chat.presence.connect(bob);
    const online = () => alices.events.flatMap((event) => (event.type === 'presence' ? [event.online] : []));
    await eventually(() => expect(online()).toEqual([true]));
    const message = { conversationId: dialog, senderId: alice, replyTo: null, attachments: [] };
    const send = (n: number) => here.chat.messages.append({ ...message, text: `${n}`, clientId: `${n}` });
    const sending = (async () => {
      for (let n = 1; n <= 300; n += 1) while (!(await send(n).catch(() => undefined)));
    })();
    await eventually(() => expect(bobs.seqs(dialog).length).toBeGreaterThan(0));
    await postgres.restart('immediate');
    await sending;
    await eventually(() => expect(bobs.seqs(dialog)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1)));
    await eventually(async () => expect(await here.chat.presence.online([bob])).toEqual(new Set([bob])));
    expect(online()).toEqual([true]);
    disconnect();
    await eventually(() => expect(online()).toEqual([true, false]));
    for (const each of attached) each.detach();
  });
});
