import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chat } from '../../src/chat/chat.ts';
import { LOOSE_MEDIA_SECONDS, MAX_SWEPT } from '../../src/chat/limits.ts';
import { uploadAttachment } from '../../src/chat/media/upload-attachment.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { readHistory } from '../../src/chat/read-history.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';
import { namesIn } from '../support/files.ts';

/** What the writer and the sweep promise of files, on either database. */
export function attachmentFacts(kind: DatabaseKind): void {
  describe(`attachments on ${kind}`, () => {
    let core: Core;
    let chat: Chat;
    let alice: string;
    let bob: string;
    let dialog: string;

    beforeAll(async () => {
      core = await openCore(kind);
      chat = core.chat;
      [alice, bob] = [await core.person('alice'), await core.person('bob')];
      dialog = await openDialog(chat, alice, { userId: bob });
    });
    afterAll(() => core.close());

    const fileOf = async (ownerId: string, content = 'content'): Promise<string> => {
      const bytes = (async function* () {
        yield Buffer.from(content);
      })();
      return (await uploadAttachment(chat, ownerId, { name: 'a.txt', bytes })).id;
    };
    const append = (attachments: readonly string[], more: { text?: string; clientId?: string } = {}) =>
      chat.messages.append({
        ...{ conversationId: dialog, senderId: alice, text: '', clientId: null, replyTo: null },
        ...more,
        attachments,
      });
    const last = async () =>
      (await readHistory(chat, bob, { conversationId: dialog, limit: 1 })).items.at(-1)!;
    const statesOf = async (ids: readonly string[]): Promise<(string | undefined)[]> => {
      const rows = await query<{ id: string; state: string }>(
        chat.database.em,
        'select id, state from media where id = any($1)',
        [ids],
      );
      return ids.map((id) => rows.find((row) => row.id === id)?.state);
    };
    const age = (ids: readonly string[], seconds: number) =>
      query(
        chat.database.em,
        `update media set changed_at = now() - interval '1 s' * $2::float8 where id = any($1)`,
        [ids, seconds],
      );
    const inStore = async (id: string): Promise<number> =>
      (await namesIn(join(chat.media.store.spool, '..'))).filter((name) => name.includes(id)).length;

    it('keep the order in which they were named', async () => {
      const ids = [await fileOf(alice), await fileOf(alice), await fileOf(alice)].sort().reverse();
      await append(ids);
      expect((await last()).attachments.map(({ id }) => id)).toEqual(ids);
      expect(await statesOf(ids)).toEqual(['kept', 'kept', 'kept']);
    });

    it('go with one of two messages that are sent at the same moment', async () => {
      const id = await fileOf(alice);
      const results = await Promise.allSettled([append([id]), append([id]), append([], { text: 'beside' })]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const { reason } = results[1] as PromiseRejectedResult;
      expect(reason).toMatchObject({ code: 'bad_request' });
    });

    it('stay loose when the message is refused', async () => {
      const [mine, bobs] = [await fileOf(alice), await fileOf(bob)];
      await expect(append([mine, bobs])).rejects.toMatchObject({ code: 'bad_request' });
      await append([], { text: 'first', clientId: 'known' });
      expect(await append([mine], { text: 'first', clientId: 'known' })).toMatchObject({ duplicate: true });
      expect(await statesOf([mine, bobs])).toEqual(['loose', 'loose']);
      await append([mine]);
      expect(await statesOf([mine])).toEqual(['kept']);
    });

    it('are swept when nobody has sent them for a day, and only then', async () => {
      const [old, fresh, sent] = [await fileOf(alice), await fileOf(alice), await fileOf(alice)];
      await append([sent]);
      await age([old, sent], LOOSE_MEDIA_SECONDS + 10);
      await age([fresh], LOOSE_MEDIA_SECONDS - 100);
      await chat.media.cleaner.sweep();
      expect(await statesOf([old, fresh, sent])).toEqual([undefined, 'loose', 'kept']);
      expect([await inStore(old), await inStore(fresh), await inStore(sent)]).toEqual([0, 1, 1]);
      await expect(append([old])).rejects.toMatchObject({ code: 'bad_request' });
    });

    it('are swept when their node died over the upload, or over the removal', async () => {
      const [uploading, removed] = [await fileOf(alice), await fileOf(alice)];
      await query(chat.database.em, `update media set state = 'uploading' where id = $1`, [uploading]);
      await query(chat.database.em, `update media set state = 'removed' where id = $1`, [removed]);
      await chat.media.cleaner.sweep();
      expect(await statesOf([uploading, removed])).toEqual(['uploading', 'removed']);
      await age([uploading, removed], 1_000);
      await chat.media.cleaner.sweep();
      expect(await statesOf([uploading, removed])).toEqual([undefined, undefined]);
      expect([await inStore(uploading), await inStore(removed)]).toEqual([0, 0]);
    });

    it('are swept however many there are, each by one node', async () => {
      await query(
        chat.database.em,
        `insert into media (id, owner_id, kind, state, name, type, bytes, size, hash, has_thumb, created_at, changed_at)
         select gen_random_uuid(), $1, 'attachment', 'loose', '', '', 0, 0, '', false, now(), now() - interval '2 days'
         from generate_series(1, $2::int)`,
        [alice, 2 * MAX_SWEPT + 10],
      );
      const removed: string[] = [];
      const { store } = chat.media;
      const remove = store.remove;
      store.remove = (name) => {
        removed.push(name);
        return remove(name);
      };
      await Promise.all([chat.media.cleaner.sweep(), chat.media.cleaner.sweep()]);
      store.remove = remove;
      expect(new Set(removed).size).toBe(2 * (2 * MAX_SWEPT + 10));
      expect(removed).toHaveLength(new Set(removed).size);
    });

    it('are tried again when the store could not remove them', async () => {
      const id = await fileOf(alice);
      await age([id], 2 * LOOSE_MEDIA_SECONDS);
      const { store } = chat.media;
      const remove = store.remove;
      store.remove = () => Promise.reject(new Error('no answer'));
      await expect(chat.media.cleaner.sweep()).rejects.toThrow('no answer');
      store.remove = remove;
      expect(await statesOf([id])).toEqual(['removed']);
      await age([id], 1_000);
      await chat.media.cleaner.sweep();
      expect(await statesOf([id])).toEqual([undefined]);
    });

    it('that were never whole leave the spool with the sweep', async () => {
      const { spool } = chat.media.store;
      await writeFile(join(spool, 'old.raw'), 'half');
      await writeFile(join(spool, 'new.raw'), 'half');
      const longAgo = new Date(Date.now() - 1_000_000);
      await utimes(join(spool, 'old.raw'), longAgo, longAgo);
      await chat.media.cleaner.sweep();
      expect(await readdir(spool)).toEqual(['new.raw']);
    });
  });
}
