import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBucket, type TestBucket } from '../support/bucket.ts';
import { createDataDir } from '../support/data-dir.ts';
import { bytesOf, pathOf, read, upload } from '../support/files.ts';
import { photo } from '../support/pictures.ts';
import { signUp } from '../support/server.ts';
import { DENO, type ServerProcess, startProcess } from '../support/server-process.ts';

describe('files under Deno', () => {
  let dataDir: string;
  let bucket: TestBucket;
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    dataDir = await createDataDir();
    bucket = await startBucket();
  });
  afterAll(async () => {
    await bucket?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(['a folder', 'a bucket'])('come and go in %s as they do under Node', async (where) => {
    server = await startProcess(
      { DATA_DIR: dataDir, MEDIA_URL: where === 'a bucket' ? bucket.url : '' },
      DENO,
    );
    try {
      const alice = await signUp(server.url, where === 'a bucket' ? 'alice' : 'carol');
      const content = Buffer.alloc(300_000, 'content ');
      const { body: file } = await upload(server, alice, content, { name: 'a.txt' });
      expect((await bytesOf(await read(server, pathOf(file), { person: alice }))).equals(content)).toBe(true);
      const part = await read(server, pathOf(file), { person: alice, headers: { Range: 'bytes=8-14' } });
      expect([part.status, await part.text()]).toEqual([206, 'content']);
      const { body: image } = await upload(server, alice, await photo(), { name: 'a.jpg' });
      expect(image).toMatchObject({ type: 'image/jpeg', width: 40, height: 80 });
      const { status, body: me } = await upload(server, alice, await photo(), {
        method: 'PUT',
        path: '/me/avatar',
      });
      expect(status).toBe(200);
      expect((await read(server, me.avatar)).headers.get('content-type')).toBe('image/webp');
      const refused = await fetch(`${server.url}/api/v1/media`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${alice.accessToken}`, 'Content-Type': 'multipart/form-data' },
        body: 'nonsense',
      });
      expect(refused.status).toBe(400);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});
