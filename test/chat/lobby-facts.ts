import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Chat } from '../../src/chat/chat.ts';
import { LOBBY_PATIENCE_MS, MAX_LOBBY_WAITING } from '../../src/chat/limits.ts';
import { enterAgain, enterAsGuest, isInLobby } from '../../src/chat/lobby/enter-lobby.ts';
import { findLobbyGroup, listPeopleIn } from '../../src/chat/lobby/groups.ts';
import { leaveSeat, takeSeat } from '../../src/chat/lobby/seats.ts';
import { endVisit } from '../../src/chat/lobby/visits.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';
import { Diary } from '../support/diary.ts';
import { enter, type Guest, hear, hearAll, openTearoom, say, type Tearoom, wait } from './lobby-cast.ts';

/** What is next, and for whom, is decided by the database, so this is asked of both. */
export function lobbyFacts(kind: DatabaseKind): void {
  describe(`the lobby on ${kind}`, () => {
    let core: Core;
    let chat: Chat;
    let tearoom: Tearoom;
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
      tearoom = await openTearoom(chat);
      alice = await enter(chat, 'alice');
    });

    it('tells a visitor of themselves first, and then of whoever comes', async () => {
      expect(await hear(chat, alice)).toBe('arrived alice');
      const heard = hear(chat, alice);
      await enter(chat, 'bob');
      expect(await heard).toBe('arrived bob');
      expect(await hear(chat, alice, 0)).toBe('nothing');
    });

    it('keeps what happens and what is said in one order, for each of those who are there', async () => {
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, alice, tearoom.id);
      await say(chat, alice, tearoom, 'one');
      await takeSeat(chat, bob, tearoom.id);
      await say(chat, bob, tearoom, 'two');
      await leaveSeat(chat, bob, tearoom.id);
      await say(chat, alice, tearoom, 'three');
      await takeSeat(chat, bob, tearoom.id);
      await say(chat, bob, tearoom, 'four');
      expect(await hearAll(chat, alice)).toEqual([
        ...['arrived alice', 'arrived bob', 'joined alice', 'said one', 'joined bob', 'said two', 'left bob'],
        ...['said three', 'joined bob', 'said four'],
      ]);
      // Until he left, and since he came back.
      expect(await hearAll(chat, bob)).toEqual([
        'arrived bob',
        'joined bob',
        'said two',
        'joined bob',
        'said four',
      ]);
    });

    it('keeps the order of a group where the clock does not tell it', async () => {
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, alice, tearoom.id);
      await takeSeat(chat, bob, tearoom.id);
      await hearAll(chat, alice);
      await say(chat, bob, tearoom, 'one');
      await say(chat, bob, tearoom, 'two');
      await leaveSeat(chat, bob, tearoom.id);
      await query(chat.database.em, `update lobby_event set at = at - interval '1 hour'`, []);
      expect(await hearAll(chat, alice)).toEqual(['said one', 'said two', 'left bob']);
    });

    it('gives each event to one of the requests that compete for it', async () => {
      await takeSeat(chat, alice, tearoom.id);
      await hearAll(chat, alice);
      const texts = Array.from({ length: 12 }, (_, n) => `${n}`);
      const heard: string[] = [];
      const poll = async (): Promise<void> => {
        while (heard.length < texts.length) {
          const next = await hear(chat, alice, 100);
          if (next !== 'nothing') heard.push(next);
        }
      };
      const polls = [poll(), poll(), poll()];
      for (const text of texts) await say(chat, alice, tearoom, text);
      await Promise.all(polls);
      expect(heard.toSorted()).toEqual(texts.map((text) => `said ${text}`).toSorted());
    });

    it('lets an event come again that could not be written, and holds it back meanwhile', async () => {
      const shown = (await wait(chat, alice))!;
      expect(await hear(chat, alice, 50)).toBe('nothing');
      shown.giveBack();
      expect(await hear(chat, alice)).toBe('arrived alice');
    });

    it('lets an event come again whose node died while it was written', async () => {
      await wait(chat, alice);
      await query(chat.database.em, `update lobby_visit set claimed_until = now() - interval '1 ms'`, []);
      expect(await hear(chat, alice)).toBe('arrived alice');
    });

    it('shows an event in parts', async () => {
      const first = (await wait(chat, alice))!;
      first.settle({ more: true });
      const second = (await wait(chat, alice))!;
      expect(second.event).toMatchObject({ kind: 'arrived', shownParts: 1 });
      second.settle({ more: false });
      expect(await hear(chat, alice, 0)).toBe('nothing');
    });

    it('lets whoever hangs up take nothing', async () => {
      await hearAll(chat, alice);
      const hangUp = new AbortController();
      const waiting = wait(chat, alice, { signal: hangUp.signal });
      hangUp.abort();
      expect(await waiting).toBeUndefined();
      await enter(chat, 'bob');
      expect(await hear(chat, alice)).toBe('arrived bob');
    });

    it('drops what waits when it is too much, and goes on from there', async () => {
      await takeSeat(chat, alice, tearoom.id);
      for (let n = 0; n < MAX_LOBBY_WAITING; n += 250)
        await Promise.all(Array.from({ length: 250 }, () => say(chat, alice, tearoom, 'again')));
      expect(await hear(chat, alice, 0)).toBe('nothing');
      await say(chat, alice, tearoom, 'still here');
      expect(await hear(chat, alice)).toBe('said still here');
    });

    it('does not drop what is little because much happened elsewhere', async () => {
      await hearAll(chat, alice);
      await query(chat.database.em, `update lobby set position = position + $1::int`, [
        MAX_LOBBY_WAITING + 1,
      ]);
      await enter(chat, 'bob');
      expect(await hearAll(chat, alice)).toEqual(['arrived bob']);
    });

    it('moves the mark of what it showed', async () => {
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, alice, tearoom.id);
      await takeSeat(chat, bob, tearoom.id);
      const { seq } = await say(chat, bob, tearoom, 'hello');
      await hearAll(chat, alice);
      const mark = async (): Promise<number> => {
        const [row] = await query<{ seq: number }>(
          chat.database.em,
          'select delivered_seq as seq from membership where conversation_id = $1 and user_id = $2',
          [tearoom.id, alice.userId],
        );
        return row!.seq;
      };
      await expect.poll(mark).toBe(seq);
    });

    it('has each person once: who comes again is out first, with their session', async () => {
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, bob, tearoom.id);
      await takeSeat(chat, alice, tearoom.id);
      await hearAll(chat, alice);
      const { session } = await enterAgain(chat, bob, { device: 'test' });
      expect(await hearAll(chat, alice)).toEqual(['departed bob', 'left bob', 'arrived bob']);
      expect(await isInLobby(chat, bob)).toBe(false);
      const again = { ...bob, sessionId: session.id };
      expect(await isInLobby(chat, again)).toBe(true);
      expect(await hearAll(chat, again)).toEqual(['arrived bob']);
      expect((await listPeopleIn(chat, tearoom.id)).map((person) => person.name)).toEqual(
        expect.not.arrayContaining([bob.name]),
      );
      await expect(enterAgain(chat, bob, { device: 'test' })).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    });

    it('ends the wait of who goes, and frees a guest’s name for others without taking it from what they said', async () => {
      await takeSeat(chat, alice, tearoom.id);
      const bob = await enter(chat, 'bob');
      await takeSeat(chat, bob, tearoom.id);
      await say(chat, bob, tearoom, 'hello');
      await expect(enterAsGuest(chat, { username: bob.name, device: 'test' })).rejects.toMatchObject({
        code: 'conflict',
      });
      await hearAll(chat, bob);
      const waiting = wait(chat, bob);
      await endVisit(chat, bob);
      expect(await waiting).toBeUndefined();
      const { user } = await enterAsGuest(chat, { username: bob.name, device: 'test' });
      expect(user.id).not.toBe(bob.userId);
      expect(await hearAll(chat, alice)).toEqual([
        ...['arrived alice', 'joined alice', 'arrived bob', 'joined bob', 'said hello'],
        ...['departed bob', 'left bob', 'arrived bob'],
      ]);
    });

    it('tells whom a guest has talked to that they are called otherwise now', async () => {
      const bob = await enter(chat, 'bob');
      await openDialog(chat, alice.userId, { userId: bob.userId });
      const diary = new Diary();
      const { detach } = await chat.feeds.attachToUser(alice.userId, diary);
      await endVisit(chat, bob);
      const user = { id: bob.userId, username: expect.stringMatching(/^guest-/) };
      expect(diary.events).toContainEqual({ type: 'user', user: expect.objectContaining(user) });
      detach();
    });

    it('sends away of whom nothing was heard, and whose session was ended elsewhere', async () => {
      const [bob, carol] = [await enter(chat, 'bob'), await enter(chat, 'carol')];
      await takeSeat(chat, bob, tearoom.id);
      await hearAll(chat, alice);
      await chat.positionCheck.run();
      expect(await hearAll(chat, alice)).toEqual([]);
      await query(
        chat.database.em,
        `update lobby_visit set active_at = now() - $2::float8 * interval '1 ms' where session_id = $1`,
        [bob.sessionId, LOBBY_PATIENCE_MS + 1],
      );
      await query(chat.database.em, 'update session set revoked_at = now() where id = $1', [carol.sessionId]);
      await chat.positionCheck.run();
      expect((await hearAll(chat, alice)).toSorted()).toEqual(['departed bob', 'departed carol']);
      expect(await findLobbyGroup(chat, bob.sessionId, tearoom.name)).toMatchObject({ joined: false });
    });

    it('is at peace when people come, sit down and go at once', async () => {
      const guests = await Promise.all(Array.from({ length: 8 }, () => enter(chat, 'bob')));
      await takeSeat(chat, alice, tearoom.id);
      await hearAll(chat, alice);
      await Promise.all(
        guests.flatMap((guest) => [
          takeSeat(chat, guest, tearoom.id).catch((error) => expect(error.code).toBe('unauthenticated')),
          endVisit(chat, guest),
        ]),
      );
      const people = await listPeopleIn(chat, tearoom.id);
      expect(people.map((person) => person.name)).toEqual([alice.name]);
      const heard = await hearAll(chat, alice);
      expect(heard.filter((each) => each === 'departed bob')).toHaveLength(8);
      const count = (what: string): number => heard.filter((each) => each === what).length;
      expect(count('joined bob')).toBe(count('left bob'));
    });

    it('forgets what everybody has heard', async () => {
      await hearAll(chat, alice);
      await chat.positionCheck.run();
      const rows = await query(chat.database.em, 'select 1 from lobby_event', []);
      expect(rows).toEqual([]);
    });
  });
}
