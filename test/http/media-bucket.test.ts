import { afterAll, describe, expect, it } from 'vitest';
import { parseMediaUrl } from '../../src/media-url.ts';
import { startBucket, type TestBucket } from '../support/bucket.ts';
import { mediaConfig, pathOf, read, upload } from '../support/files.ts';
import { startTestServer } from '../support/server.ts';
import { mediaFacts } from './media-facts.ts';

let bucket: TestBucket | undefined;

mediaFacts('in a bucket', async () => {
  bucket = await startBucket();
  return bucket;
});
afterAll(() => bucket?.stop());

describe('a bucket', () => {
  const startWith = (url: string) => startTestServer({ config: mediaConfig(parseMediaUrl(url)) });

  it('that is not there, or refuses the key, ends the start in one line', async () => {
    const { url } = bucket!;
    await expect(startWith(url.replace('/media/', '/nowhere/'))).rejects.toThrow(
      /^MEDIA_URL: no bucket "nowhere" at http:\/\/127\.0\.0\.1:\d+$/,
    );
    await expect(startWith(url.replace('s3://S3RVER:', 's3://STRANGER:'))).rejects.toThrow(
      /^MEDIA_URL: http:\S+ refuses this key for the bucket "media"$/,
    );
  });

  it('that goes away takes nothing but the files with it, until it is back', async () => {
    const own = await startBucket();
    const server = await startWith(own.url);
    try {
      const alice = await server.signUp('alice');
      const { body: file } = await upload(server, alice, 'kept');
      await own.stop();
      expect(await upload(server, alice, 'lost')).toMatchObject({
        status: 503,
        body: { error: { code: 'unavailable' } },
      });
      expect((await read(server, pathOf(file), { person: alice })).status).toBe(503);
      expect((await alice.api('GET', '/me')).status).toBe(200);
    } finally {
      await server.stop();
    }
    const later = await startWith(own.url);
    expect((await later.api('GET', '/ready')).status).toBe(200);
    await later.stop();
  });
});
