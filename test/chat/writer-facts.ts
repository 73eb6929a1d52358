import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockUser } from '../../src/chat/block-user.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { type ChatEvent, topics } from '../../src/chat/events.ts';
import type { NewMessage } from '../../src/chat/message-writer.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { readHistory } from '../../src/chat/read-history.ts';
import { unblockUser } from '../../src/chat/unblock-user.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';

/** What the writer promises, on either database. */
export function writerFacts(kind: DatabaseKind): void {
  describe(`the message writer on ${kind}`, () => {
    let core: Core;
    let chat: Chat;
    let alice: string;
    let bob: string;
    let carol: string;
    let dialog: string;

    beforeAll(async () => {
      core = await openCore(kind);
      chat = core.chat;
      [alice, bob, carol] = [
        await core.person('alice'),
        await core.person('bob'),
        await core.person('carol'),
      ];
      dialog = await openDialog(chat, alice, { userId: bob });
    });
    afterAll(() => core.close());

    const from = (senderId: string, text: string, more: Partial<NewMessage> = {}): NewMessage => {
      return {
        conversationId: dialog,
        senderId,
        text,
        clientId: null,
        replyTo: null,
        attachments: [],
        ...more,
      };
    };
    const allOf = async (conversationId: string, reader: string) => {
      const messages = [];
      for (let after = 0; ; after = messages.at(-1)!.seq) {
        const page = await readHistory(chat, reader, { conversationId, after, limit: 200 });
        messages.push(...page.items);
        if (!page.more) return messages;
      }
    };

    it('gives every message of a crowd its own seq, without a gap, and says so only once it is stored', async () => {
      const other = await openDialog(chat, alice, { userId: carol });
      const sent = await Promise.all(
        Array.from({ length: 700 }, (_, n) =>
          chat.messages.append(from(alice, `${n}`, { conversationId: other })),
        ),
      );
      const stored = await allOf(other, carol);
      expect(stored.map((message) => message.seq)).toEqual(Array.from({ length: 700 }, (_, n) => n + 1));
      expect(stored.map((message) => message.text)).toEqual(Array.from({ length: 700 }, (_, n) => `${n}`));
      expect(sent.map((message) => message.id)).toEqual(stored.map((message) => message.id));
    });

    it('answers a clientId that it knows with the stored message', async () => {
      const first = await chat.messages.append(from(alice, 'once', { clientId: 'a' }));
      const again = await chat.messages.append(from(alice, 'once', { clientId: 'a' }));
      expect(first.duplicate).toBe(false);
      expect(again).toEqual({ ...first, duplicate: true });
      const bobs = await chat.messages.append(from(bob, 'mine', { clientId: 'a' }));
      expect(bobs.duplicate).toBe(false);
    });

    it('stores a message once that is sent twice at the same moment', async () => {
      const copies = await Promise.all(
        Array.from({ length: 5 }, () => chat.messages.append(from(alice, 'hasty', { clientId: 'hasty' }))),
      );
      expect(new Set(copies.map((copy) => copy.seq)).size).toBe(1);
      expect(copies.filter((copy) => !copy.duplicate)).toHaveLength(1);
      expect((await allOf(dialog, bob)).filter((message) => message.text === 'hasty')).toHaveLength(1);
    });

    it('refuses a clientId that was used in another conversation', async () => {
      const other = await openDialog(chat, alice, { userId: carol });
      await chat.messages.append(from(alice, 'here', { clientId: 'b' }));
      await expect(
        chat.messages.append(from(alice, 'there', { clientId: 'b', conversationId: other })),
      ).rejects.toMatchObject({ code: 'conflict' });
    });

    it('refuses one message of a batch without failing the others', async () => {
      const nowhere = '00000000-0000-4000-8000-000000000000';
      const before = await allOf(dialog, bob);
      const results = await Promise.allSettled([
        chat.messages.append(from(alice, 'first')),
        chat.messages.append(from(carol, 'I am not in this')),
        chat.messages.append(from(alice, 'where?', { conversationId: nowhere })),
        chat.messages.append(from(alice, 'a NUL \0 cannot be stored')),
        chat.messages.append(from(alice, 'answer to nothing', { replyTo: 9_999 })),
        chat.messages.append(from(bob, 'last')),
      ]);
      const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'stored'));
      expect(codes).toEqual(['stored', 'not_found', 'not_found', 'bad_request', 'bad_request', 'stored']);
      const after = await allOf(dialog, bob);
      expect(after.slice(before.length).map((message) => message.text)).toEqual(['first', 'last']);
      expect(after.map((message) => message.seq)).toEqual(after.map((_, n) => n + 1));
    });

    it('refuses both sides while one blocks the other', async () => {
      await blockUser(chat, bob, { userId: alice });
      await expect(chat.messages.append(from(alice, 'please'))).rejects.toMatchObject({ code: 'blocked' });
      await expect(chat.messages.append(from(bob, 'no'))).rejects.toMatchObject({ code: 'blocked' });
      await unblockUser(chat, bob, { userId: alice });
      await expect(chat.messages.append(from(alice, 'thanks'))).resolves.toMatchObject({ duplicate: false });
    });

    it('publishes a message only when everybody can read it', async () => {
      const found: unknown[] = [];
      const subscription = chat.bus.subscribe(topics.conversation(dialog), (payload) => {
        const event = payload as ChatEvent;
        if (event.type !== 'message') return;
        const after = event.message.seq - 1;
        found.push(
          readHistory(chat, bob, { conversationId: dialog, after, limit: 1 }).then(({ items }) => items[0]),
        );
      });
      const sent = await chat.messages.append(from(alice, 'visible'));
      subscription.close();
      expect(await Promise.all(found)).toMatchObject([{ id: sent.id, text: 'visible' }]);
    });

    it('moves marks forward only, not past the last message, and reading implies delivery', async () => {
      const { seq } = await chat.messages.append(from(alice, 'to be read'));
      const move = (deliveredSeq: number, readSeq: number, userId = bob) =>
        chat.marks.move({ conversationId: dialog, userId, deliveredSeq, readSeq });
      expect(await move(seq - 1, 0)).toMatchObject({ deliveredSeq: seq - 1, readSeq: 0 });
      expect(await move(1, 0)).toMatchObject({ deliveredSeq: seq - 1, readSeq: 0 });
      expect(await move(0, 10_000)).toMatchObject({ deliveredSeq: seq, readSeq: seq });
      await expect(move(1, 1, carol)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('tells marks of the same moment as one change', async () => {
      const { rev } = await chat.messages.append(from(alice, 'seen by both'));
      const told: ChatEvent[] = [];
      const subscription = chat.bus.subscribe(topics.conversation(dialog), (event) => {
        told.push(event as ChatEvent);
      });
      const last = { conversationId: dialog, deliveredSeq: 100_000, readSeq: 100_000 };
      await Promise.all([
        chat.marks.move({ ...last, userId: alice }),
        chat.marks.move({ ...last, userId: bob }),
      ]);
      subscription.close();
      const marks = expect.arrayContaining([alice, bob].map((userId) => expect.objectContaining({ userId })));
      expect(told).toEqual([{ type: 'mark', conversationId: dialog, rev: rev + 1, marks }]);
    });
  });
}
