import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerFriend } from '../../src/chat/answer-friend.ts';
import { askFriend } from '../../src/chat/ask-friend.ts';
import { listConversations } from '../../src/chat/list-conversations.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';

/** Who is first is decided by the database, so this is asked of both. */
export function dialogFacts(kind: DatabaseKind): void {
  describe(`a dialog on ${kind}`, () => {
    let core: Core;
    let alice: string;
    let bob: string;

    beforeAll(async () => {
      core = await openCore(kind);
    });
    afterAll(() => core.close());
    beforeEach(async () => {
      [alice, bob] = [await core.person('alice'), await core.person('bob')];
    });

    const dialogsOf = async (userId: string) =>
      (await listConversations(core.chat, userId, { limit: 50 })).items.map((item) => item.id);

    it('comes into being once, however many open it at the same moment', async () => {
      const ids = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          openDialog(core.chat, n % 2 ? alice : bob, { userId: n % 2 ? bob : alice }),
        ),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await dialogsOf(alice)).toEqual([ids[0]]);
      expect(await dialogsOf(bob)).toEqual([ids[0]]);
    });

    it('is the same for who opens it while a friendship is accepted', async () => {
      const { id } = await askFriend(core.chat, alice, { userId: bob });
      const [opened] = await Promise.all([
        openDialog(core.chat, alice, { userId: bob }),
        answerFriend(core.chat, bob, { friendshipId: id, status: 'accepted' }),
        openDialog(core.chat, bob, { userId: alice }),
      ]);
      expect(await dialogsOf(alice)).toEqual([opened]);
      expect(await dialogsOf(bob)).toEqual([opened]);
    });

    it('belongs to friends who asked each other at the same moment', async () => {
      const [one, other] = await Promise.all([
        askFriend(core.chat, alice, { userId: bob }),
        askFriend(core.chat, bob, { userId: alice }),
      ]);
      expect(one.id).toBe(other.id);
      expect(await dialogsOf(alice)).toHaveLength(1);
      expect(await dialogsOf(bob)).toEqual(await dialogsOf(alice));
    });
  });
}
