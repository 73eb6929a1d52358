import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { joinGroup } from '../../src/chat/join-group.ts';
import { leaveConversation } from '../../src/chat/leave-conversation.ts';
import { closeGroup } from '../../src/chat/lobby/close-group.ts';
import { findLobbyGroup, listPeopleIn } from '../../src/chat/lobby/groups.ts';
import { openGroup } from '../../src/chat/lobby/open-group.ts';
import { leaveSeat, takeSeat } from '../../src/chat/lobby/seats.ts';
import { removeMember } from '../../src/chat/remove-member.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';
import { LossyBus } from '../support/lossy-bus.ts';
import { enter, type Guest, hear, hearAll, openTearoom, say, type Tearoom } from './lobby-cast.ts';

/** Public groups as the lobby knows them, and what others do in them. */
export function lobbyGroupFacts(kind: DatabaseKind): void {
  describe(`groups of the lobby on ${kind}`, () => {
    const bus = new LossyBus(new InProcessBus(() => {}));
    let core: Core;
    let chat: Chat;
    let tearoom: Tearoom;
    let alice: Guest;

    beforeAll(async () => {
      core = await openCore(kind, { bus });
      chat = core.chat;
      await chat.start();
    });
    afterAll(() => core.close());
    beforeEach(async () => {
      bus.drops = () => false;
      tearoom = await openTearoom(chat);
      alice = await enter(chat, 'alice');
    });

    it('shows who comes into its groups by other wires, and keeps those in who were there before', async () => {
      await takeSeat(chat, alice, tearoom.id);
      const dave = await core.person('dave');
      await joinGroup(chat, dave, tearoom.id);
      await leaveConversation(chat, dave, { conversationId: tearoom.id });
      expect((await hearAll(chat, alice)).slice(-2)).toEqual(['joined dave', 'left dave']);
      const bob = await enter(chat, 'bob');
      await joinGroup(chat, bob.userId, tearoom.id);
      await takeSeat(chat, bob, tearoom.id);
      await leaveSeat(chat, bob, tearoom.id);
      expect(await listPeopleIn(chat, tearoom.id)).toContainEqual(
        expect.objectContaining({ name: bob.name }),
      );
    });

    it('opens and closes groups for everybody, and keeps what was said in them', async () => {
      await takeSeat(chat, alice, tearoom.id);
      await say(chat, alice, tearoom, 'before');
      await closeGroup(chat, tearoom.id);
      expect((await hearAll(chat, alice)).slice(-2)).toEqual(['said before', `closed ${tearoom.name}`]);
      expect(await findLobbyGroup(chat, alice.sessionId, tearoom.name)).toBeUndefined();
      await expect(takeSeat(chat, alice, tearoom.id)).rejects.toMatchObject({ code: 'not_found' });
      expect(await openGroup(chat, { name: tearoom.name, ownerId: tearoom.ownerId })).toBe(tearoom.id);
      await expect(openGroup(chat, { name: tearoom.name, ownerId: tearoom.ownerId })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await hearAll(chat, alice)).toEqual([`opened ${tearoom.name}`]);
      expect(await takeSeat(chat, alice, tearoom.id)).toBe(true);
      expect(await takeSeat(chat, alice, tearoom.id)).toBe(false);
    });

    it('has one group of a name, however many open it at the same moment', async () => {
      const another = `coffee-${randomUUID()}`;
      const opened = await Promise.allSettled(
        Array.from({ length: 5 }, () => openGroup(chat, { name: another, ownerId: tearoom.ownerId })),
      );
      expect(opened.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    });

    it('tells those nothing more who were taken out of one by other wires', async () => {
      await takeSeat(chat, alice, tearoom.id);
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, bob, tearoom.id);
      await say(chat, bob, tearoom, 'before');
      await removeMember(chat, tearoom.ownerId, { conversationId: tearoom.id, userId: alice.userId });
      await say(chat, bob, tearoom, 'after');
      expect(await hearAll(chat, alice)).not.toContain('said after');
      expect(await findLobbyGroup(chat, alice.sessionId, tearoom.name)).toMatchObject({ joined: false });
      expect(await hearAll(chat, bob)).toEqual([
        'arrived bob',
        'joined bob',
        'said before',
        'left alice',
        'said after',
      ]);
    });

    it('loses nothing that the bus does not tell', async () => {
      await takeSeat(chat, alice, tearoom.id);
      await hearAll(chat, alice);
      bus.drops = () => true;
      const heard = hear(chat, alice);
      const bob = await enter(chat, 'bob');
      expect(await heard).toBe('arrived bob');
      await hearAll(chat, alice);
      const message = hear(chat, alice);
      await takeSeat(chat, bob, tearoom.id);
      expect(await message).toBe('joined bob');
      const said = hear(chat, alice);
      await say(chat, bob, tearoom, 'hello');
      expect(await said).toBe('said hello');
    });
  });
}
