import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/chat/authenticate.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { ensureBot } from '../../src/chat/ensure-bot.ts';
import { joinGroup } from '../../src/chat/join-group.ts';
import { leaveConversation } from '../../src/chat/leave-conversation.ts';
import { LOBBY_PATIENCE_MS, MAX_LOBBY_WAITING } from '../../src/chat/limits.ts';
import { closeGroup } from '../../src/chat/lobby/close-group.ts';
import { enterAgain, enterAsGuest, isInLobby } from '../../src/chat/lobby/enter-lobby.ts';
import { findLobbyGroup, listPeopleIn } from '../../src/chat/lobby/groups.ts';
import { openGroup } from '../../src/chat/lobby/open-group.ts';
import { leaveSeat, takeSeat } from '../../src/chat/lobby/seats.ts';
import { endVisit } from '../../src/chat/lobby/visits.ts';
import { type Shown, waitForEvent } from '../../src/chat/lobby/wait-for-event.ts';
import { sendMessage } from '../../src/chat/send-message.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';

const OWNER_ID = '00000000-0000-4000-8000-000000000001';

/** What is next, and for whom, is decided by the database, so this is asked of both. */
export function lobbyFacts(kind: DatabaseKind): void {
  describe(`the lobby on ${kind}`, () => {
    let core: Core;
    let chat: Chat;
    let owner: string;
    let group: string;
    let name: string;
    let alice: Guest;

    beforeAll(async () => {
      // The check is run by hand here.
      core = await openCore(kind, { positionCheckMs: 600_000 });
      chat = core.chat;
      await chat.start();
    });
    afterAll(() => core.close());
    beforeEach(async () => {
      await query(chat.database.em, 'delete from lobby_visit', []);
      owner = (await ensureBot(chat, { id: OWNER_ID, username: 'owner' })).id;
      name = `tea-${randomUUID()}`;
      group = await openGroup(chat, { name, ownerId: owner });
      alice = await enter('alice');
    });

    interface Guest extends Caller {
      readonly name: string;
    }

    async function enter(called: string): Promise<Guest> {
      const username = `${called}-${randomUUID().slice(0, 8)}`;
      const { user, session } = await enterAsGuest(chat, { username, device: 'test' });
      return { userId: user.id, sessionId: session.id, name: username };
    }

    const say = (who: Caller, text: string) =>
      sendMessage(chat, who.userId, { conversationId: group, text, attachments: [] });

    const wait = (who: Caller, waitMs = 20_000, signal = new AbortController().signal) =>
      waitForEvent(chat, who, { waitMs, signal });

    function inWords({ event }: Shown): string {
      if (event.kind === 'message') return `said ${event.message.text}`;
      return `${event.kind} ${event.name === '' ? event.groupName : event.name.replace(/-.*/, '')}`;
    }

    async function hear(who: Caller, waitMs?: number): Promise<string> {
      const shown = await wait(who, waitMs);
      shown?.settle({ more: false });
      return shown === undefined ? 'nothing' : inWords(shown);
    }

    async function hearAll(who: Caller): Promise<string[]> {
      const heard: string[] = [];
      for (let next = await hear(who, 0); next !== 'nothing'; next = await hear(who, 0)) heard.push(next);
      return heard;
    }

    it('tells a visitor of themselves first, and then of whoever comes', async () => {
      expect(await hear(alice)).toBe('arrived alice');
      const heard = hear(alice);
      await enter('bob');
      expect(await heard).toBe('arrived bob');
      expect(await hear(alice, 0)).toBe('nothing');
    });

    it('keeps what happens and what is said in one order, for each of those who are there', async () => {
      const bob = await enter('bob');
      await takeSeat(chat, alice, group);
      await say(alice, 'one');
      await takeSeat(chat, bob, group);
      await say(bob, 'two');
      await leaveSeat(chat, bob, group);
      await say(alice, 'three');
      await takeSeat(chat, bob, group);
      await say(bob, 'four');
      expect(await hearAll(alice)).toEqual([
        ...['arrived alice', 'arrived bob', 'joined alice', 'said one', 'joined bob', 'said two', 'left bob'],
        ...['said three', 'joined bob', 'said four'],
      ]);
      // Until he left, and since he came back.
      expect(await hearAll(bob)).toEqual([
        'arrived bob',
        'joined bob',
        'said two',
        'joined bob',
        'said four',
      ]);
    });

    it('gives each event to one of the requests that compete for it', async () => {
      await takeSeat(chat, alice, group);
      await hearAll(alice);
      const texts = Array.from({ length: 12 }, (_, n) => `${n}`);
      const heard: string[] = [];
      const poll = async (): Promise<void> => {
        while (heard.length < texts.length) {
          const next = await hear(alice, 100);
          if (next !== 'nothing') heard.push(next);
        }
      };
      const polls = [poll(), poll(), poll()];
      for (const text of texts) await say(alice, text);
      await Promise.all(polls);
      expect(heard.toSorted()).toEqual(texts.map((text) => `said ${text}`).toSorted());
    });

    it('lets an event come again that could not be written, and holds it back meanwhile', async () => {
      const shown = (await wait(alice))!;
      expect(await hear(alice, 50)).toBe('nothing');
      shown.giveBack();
      expect(await hear(alice)).toBe('arrived alice');
    });

    it('lets an event come again whose node died while it was written', async () => {
      await wait(alice);
      await query(chat.database.em, `update lobby_visit set claimed_until = now() - interval '1 ms'`, []);
      expect(await hear(alice)).toBe('arrived alice');
    });

    it('shows an event in parts', async () => {
      const first = (await wait(alice))!;
      first.settle({ more: true });
      const second = (await wait(alice))!;
      expect(second.event).toMatchObject({ kind: 'arrived', shownParts: 1 });
      second.settle({ more: false });
      expect(await hear(alice, 0)).toBe('nothing');
    });

    it('lets whoever hangs up take nothing', async () => {
      await hearAll(alice);
      const hangUp = new AbortController();
      const waiting = wait(alice, 20_000, hangUp.signal);
      hangUp.abort();
      expect(await waiting).toBeUndefined();
      await enter('bob');
      expect(await hear(alice)).toBe('arrived bob');
    });

    it('drops what waits when it is too much, and goes on from there', async () => {
      await takeSeat(chat, alice, group);
      for (let n = 0; n < MAX_LOBBY_WAITING; n += 250)
        await Promise.all(Array.from({ length: 250 }, () => say(alice, 'again')));
      expect(await hear(alice, 0)).toBe('nothing');
      await say(alice, 'still here');
      expect(await hear(alice)).toBe('said still here');
    });

    it('does not drop what is little because much happened elsewhere', async () => {
      await hearAll(alice);
      await query(chat.database.em, `update lobby set position = position + $1::int`, [
        MAX_LOBBY_WAITING + 1,
      ]);
      await enter('bob');
      expect(await hearAll(alice)).toEqual(['arrived bob']);
    });

    it('moves the mark of what it showed', async () => {
      const bob = await enter('bob');
      await takeSeat(chat, alice, group);
      await takeSeat(chat, bob, group);
      const { seq } = await say(bob, 'hello');
      await hearAll(alice);
      const mark = async (): Promise<number> => {
        const [row] = await query<{ seq: number }>(
          chat.database.em,
          'select delivered_seq as seq from membership where conversation_id = $1 and user_id = $2',
          [group, alice.userId],
        );
        return row!.seq;
      };
      await expect.poll(mark).toBe(seq);
    });

    it('has each person once: who comes again is out first, with their session', async () => {
      const bob = await enter('bob');
      await takeSeat(chat, bob, group);
      await takeSeat(chat, alice, group);
      await hearAll(alice);
      const { session } = await enterAgain(chat, bob, { device: 'test' });
      expect(await hearAll(alice)).toEqual(['departed bob', 'left bob', 'arrived bob']);
      expect(await isInLobby(chat, bob)).toBe(false);
      const again = { ...bob, sessionId: session.id };
      expect(await isInLobby(chat, again)).toBe(true);
      expect(await hearAll(again)).toEqual(['arrived bob']);
      expect((await listPeopleIn(chat, group)).map((person) => person.name)).toEqual(
        expect.not.arrayContaining([bob.name]),
      );
      await expect(enterAgain(chat, bob, { device: 'test' })).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    });

    it('ends the wait of who goes, and frees a guest’s name for others without taking it from what they said', async () => {
      await takeSeat(chat, alice, group);
      const bob = await enter('bob');
      await takeSeat(chat, bob, group);
      await say(bob, 'hello');
      await expect(enterAsGuest(chat, { username: bob.name, device: 'test' })).rejects.toMatchObject({
        code: 'conflict',
      });
      await hearAll(bob);
      const waiting = wait(bob);
      await endVisit(chat, bob);
      expect(await waiting).toBeUndefined();
      const { user } = await enterAsGuest(chat, { username: bob.name, device: 'test' });
      expect(user.id).not.toBe(bob.userId);
      expect(await hearAll(alice)).toEqual([
        ...['arrived alice', 'joined alice', 'arrived bob', 'joined bob', 'said hello'],
        ...['departed bob', 'left bob', 'arrived bob'],
      ]);
    });

    it('sends away of whom nothing was heard, and whose session was ended elsewhere', async () => {
      const [bob, carol] = [await enter('bob'), await enter('carol')];
      await takeSeat(chat, bob, group);
      await hearAll(alice);
      await chat.positionCheck.run();
      expect(await hearAll(alice)).toEqual([]);
      await query(
        chat.database.em,
        `update lobby_visit set active_at = now() - $2::float8 * interval '1 ms' where session_id = $1`,
        [bob.sessionId, LOBBY_PATIENCE_MS + 1],
      );
      await query(chat.database.em, 'update session set revoked_at = now() where id = $1', [carol.sessionId]);
      await chat.positionCheck.run();
      expect((await hearAll(alice)).toSorted()).toEqual(['departed bob', 'departed carol']);
      expect(await findLobbyGroup(chat, bob.sessionId, name)).toMatchObject({ joined: false });
    });

    it('shows who comes into its groups by other wires, and keeps those in who were there before', async () => {
      await takeSeat(chat, alice, group);
      const dave = await core.person('dave');
      await joinGroup(chat, dave, group);
      await leaveConversation(chat, dave, { conversationId: group });
      expect((await hearAll(alice)).slice(-2)).toEqual(['joined dave', 'left dave']);
      const bob = await enter('bob');
      await joinGroup(chat, bob.userId, group);
      await takeSeat(chat, bob, group);
      await leaveSeat(chat, bob, group);
      expect(await listPeopleIn(chat, group)).toContainEqual(expect.objectContaining({ name: bob.name }));
    });

    it('opens and closes groups for everybody, and keeps what was said in them', async () => {
      await takeSeat(chat, alice, group);
      await say(alice, 'before');
      await closeGroup(chat, group);
      expect((await hearAll(alice)).slice(-2)).toEqual(['said before', `closed ${name}`]);
      expect(await findLobbyGroup(chat, alice.sessionId, name)).toBeUndefined();
      await expect(takeSeat(chat, alice, group)).rejects.toMatchObject({ code: 'not_found' });
      expect(await openGroup(chat, { name, ownerId: owner })).toBe(group);
      await expect(openGroup(chat, { name, ownerId: owner })).rejects.toMatchObject({ code: 'conflict' });
      expect(await hearAll(alice)).toEqual([`opened ${name}`]);
      expect(await takeSeat(chat, alice, group)).toBe(true);
      expect(await takeSeat(chat, alice, group)).toBe(false);
    });

    it('has one group of a name, however many open it at the same moment', async () => {
      const another = `coffee-${randomUUID()}`;
      const opened = await Promise.allSettled(
        Array.from({ length: 5 }, () => openGroup(chat, { name: another, ownerId: owner })),
      );
      expect(opened.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    });

    it('is at peace when people come, sit down and go at once', async () => {
      const guests = await Promise.all(Array.from({ length: 8 }, () => enter('bob')));
      await takeSeat(chat, alice, group);
      await hearAll(alice);
      await Promise.all(
        guests.flatMap((guest) => [takeSeat(chat, guest, group).catch(() => {}), endVisit(chat, guest)]),
      );
      const people = await listPeopleIn(chat, group);
      expect(people.map((person) => person.name)).toEqual([alice.name]);
      const heard = await hearAll(alice);
      expect(heard.filter((each) => each === 'departed bob')).toHaveLength(8);
      const count = (what: string): number => heard.filter((each) => each === what).length;
      expect(count('joined bob')).toBe(count('left bob'));
    });

    it('forgets what everybody has heard', async () => {
      await hearAll(alice);
      await chat.positionCheck.run();
      const rows = await query(chat.database.em, 'select 1 from lobby_event', []);
      expect(rows).toEqual([]);
    });
  });
}
