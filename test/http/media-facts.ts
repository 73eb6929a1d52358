import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMediaUrl } from '../../src/media-url.ts';
import { bytesOf, mediaConfig, namesIn, pathOf, read, upload } from '../support/files.ts';
import { picture } from '../support/pictures.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

export interface TestStore {
  /** For `MEDIA_URL`; undefined is the data folder. */
  readonly url: string | undefined;
  /** The names of all files in it. */
  names(server: TestServer): Promise<string[]>;
}

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

/** What people can do with files, wherever these are kept. */
export function mediaFacts(where: string, open: () => Promise<TestStore>): void {
  describe(`files ${where}`, () => {
    let store: TestStore;
    let server: TestServer;
    let alice: Person;
    let bob: Person;
    let carol: Person;
    let dialog: string;

    beforeAll(async () => {
      store = await open();
      const place = store.url === undefined ? {} : parseMediaUrl(store.url);
      server = await startTestServer({ config: mediaConfig({ ...place, fileBytes: 200_000 }) });
      [alice, bob, carol] = [
        await server.signUp('alice'),
        await server.signUp('bob'),
        await server.signUp('carol'),
      ];
      dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    });
    afterAll(() => server?.stop());

    const say = (person: Person, text: string, ids: readonly string[], more = {}) =>
      person.api('POST', `/conversations/${dialog}/messages`, { text, attachments: ids, ...more });
    const lastMessage = async (person: Person) =>
      (await person.api('GET', `/conversations/${dialog}/messages?limit=1`)).body.items[0];
    const stored = async (id: string): Promise<number> =>
      (await store.names(server)).filter((name) => name.includes(id)).length;
    const spooled = () => namesIn(join(server.dataDir, 'media', 'incoming'));

    it('come back as they were, to their owner alone until they are sent', async () => {
      const content = Buffer.from(Array.from({ length: 150_000 }, (_, n) => (n * 7) % 251));
      const { status, body: file } = await upload(server, alice, content, { name: 'numbers.bin' });
      expect(status).toBe(201);
      expect(file).toMatchObject({ name: 'numbers.bin', size: 150_000, type: 'application/octet-stream' });
      const back = await read(server, pathOf(file), { person: alice });
      expect((await bytesOf(back)).equals(content)).toBe(true);
      expect((await read(server, pathOf(file), { person: bob })).status).toBe(404);
      expect((await read(server, pathOf(file))).status).toBe(401);
      expect(await spooled()).toEqual([]);
    });

    it('are read by the members of the conversation that they were sent to', async () => {
      const { body: file } = await upload(server, alice, 'for bob');
      expect((await say(alice, '', [file.id])).status).toBe(201);
      const { text, attachments } = await lastMessage(bob);
      expect({ text, attachments }).toMatchObject({
        text: '',
        attachments: [{ id: file.id, name: 'notes.txt' }],
      });
      for (const person of [alice, bob])
        expect(await (await read(server, pathOf(file), { person })).text()).toBe('for bob');
      expect((await read(server, pathOf(file), { person: carol })).status).toBe(404);
      const byLink = await read(server, attachments[0].url);
      expect(await byLink.text()).toBe('for bob');
    });

    it('are sent once, and by who has uploaded them', async () => {
      const { body: file } = await upload(server, alice, 'mine');
      expect(await say(bob, 'look', [file.id])).toMatchObject(refusal(400, 'bad_request'));
      expect((await say(alice, 'look', [file.id], { clientId: 'look' })).status).toBe(201);
      expect((await say(alice, 'look', [file.id], { clientId: 'look' })).status).toBe(200);
      expect(await say(alice, 'again', [file.id])).toMatchObject(refusal(400, 'bad_request'));
      expect(await say(alice, '', [])).toMatchObject(refusal(400, 'bad_request'));
    });

    it('go with the message that they came with', async () => {
      const { body: file } = await upload(server, alice, await picture().png().toBuffer(), { name: 'a.png' });
      const { seq } = (await say(alice, 'oops', [file.id])).body;
      const [{ url, thumbUrl }] = (await lastMessage(bob)).attachments;
      expect((await read(server, thumbUrl)).status).toBe(200);
      expect(await stored(file.id)).toBe(2);
      await alice.api('DELETE', `/conversations/${dialog}/messages/${seq}`);
      for (const link of [url, thumbUrl]) expect((await read(server, link)).status).toBe(404);
      expect((await read(server, pathOf(file), { person: alice })).status).toBe(404);
      await expect.poll(() => stored(file.id)).toBe(0);
    });

    it('are read in part, and not again by who has them', async () => {
      const { body: file } = await upload(server, alice, '0123456789');
      const ask = (headers: Record<string, string>, method = 'GET') =>
        read(server, pathOf(file), { person: alice, headers, method });
      const whole = await ask({});
      const tag = whole.headers.get('etag')!;
      const part = await ask({ Range: 'bytes=2-4' });
      expect({
        status: part.status,
        range: part.headers.get('content-range'),
        text: await part.text(),
      }).toEqual({
        status: 206,
        range: 'bytes 2-4/10',
        text: '234',
      });
      expect(await (await ask({ Range: 'bytes=-3' })).text()).toBe('789');
      const outside = await ask({ Range: 'bytes=10-' });
      expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */10']);
      expect((await ask({ Range: 'bytes=2-4', 'If-Range': '"other"' })).status).toBe(200);
      expect((await ask({ Range: 'bytes=2-4', 'If-Range': tag })).status).toBe(206);
      expect((await ask({ 'If-None-Match': tag })).status).toBe(304);
      expect((await ask({ 'If-None-Match': '"other"' })).status).toBe(200);
      const head = await ask({}, 'HEAD');
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    });

    it('are people’s pictures too, which everybody who sees them may read', async () => {
      const set = async (background: string) =>
        upload(server, alice, await picture().tint(background).png().toBuffer(), {
          method: 'PUT',
          path: '/me/avatar',
        });
      const { status, body: me } = await set('red');
      expect(status).toBe(200);
      const { avatar } = (await carol.api('GET', `/users/${alice.id}`)).body;
      expect(avatar).toBe(me.avatar);
      const shown = await read(server, avatar);
      expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
      expect((await read(server, `${avatar}&size=thumb`)).status).toBe(200);
      const [address] = avatar.split('?');
      expect((await read(server, address, { person: carol })).status).toBe(200);
      expect((await read(server, address)).status).toBe(401);
      expect((await read(server, `${address}?key=${'A'.repeat(22)}`)).status).toBe(401);
      const { peer } = (await bob.api('GET', `/conversations/${dialog}`)).body;
      expect(peer.avatar).toBe(avatar);

      const { body: changed } = await set('green');
      expect(changed.avatar).not.toBe(avatar);
      expect((await read(server, avatar)).status).toBe(401);
      await expect.poll(() => stored(address.split('/').at(-1)!)).toBe(0);
      expect((await alice.api('DELETE', '/me/avatar')).status).toBe(204);
      expect((await alice.api('GET', '/me')).body.avatar).toBeNull();
      expect((await read(server, changed.avatar)).status).toBe(401);
    });

    it('that broke off or are too large leave nothing', async () => {
      const before = await store.names(server);
      expect(await upload(server, alice, Buffer.alloc(200_001))).toMatchObject(refusal(413, 'too_large'));
      const stop = new AbortController();
      async function* endless() {
        yield Buffer.from(
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nthe beginning',
        );
        await expect.poll(() => spooled()).toHaveLength(1);
        stop.abort();
        yield Buffer.from('never sent');
      }
      const broken = read(server, '/api/v1/media', {
        person: alice,
        method: 'POST',
        signal: stop.signal,
        headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
        body: endless() as never,
        duplex: 'half',
      } as RequestInit);
      await expect(broken).rejects.toThrow();
      await expect.poll(() => spooled()).toEqual([]);
      expect((await store.names(server)).filter((name) => !before.includes(name))).toEqual([]);
    });

    it('of who deletes their account go, but for those in messages', async () => {
      const dave = await server.signUp('dave');
      const { body: group } = await dave.api('POST', '/conversations', { kind: 'dialog', userId: bob.id });
      const { body: sent } = await upload(server, dave, 'sent');
      const { body: loose } = await upload(server, dave, 'never sent');
      await dave.api('POST', `/conversations/${group.id}/messages`, { text: '', attachments: [sent.id] });
      const { body: me } = await upload(server, dave, await picture().png().toBuffer(), {
        method: 'PUT',
        path: '/me/avatar',
      });
      expect((await dave.api('DELETE', '/me', { password: dave.password })).status).toBe(204);
      await expect.poll(() => stored(loose.id)).toBe(0);
      await expect.poll(() => stored(me.avatar.match(/media\/([^?]+)/)[1])).toBe(0);
      expect((await bob.api('GET', `/users/${dave.id}`)).body.avatar).toBeNull();
      expect(await (await read(server, pathOf(sent), { person: bob })).text()).toBe('sent');
    });
  });
}
