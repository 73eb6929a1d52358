import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';

export interface TestBucket {
  /** For `MEDIA_URL`. */
  readonly url: string;
  /** The names of all that is in it. */
  names(): Promise<string[]>;
  stop(): Promise<void>;
}

const KEY = 'S3RVER';
const NAME = 'media';

/** A small S3 server of this test alone. It knows keys, but does not check the signatures of version 4. */
export async function startBucket(): Promise<TestBucket> {
  const directory = await mkdtemp(join(tmpdir(), 'parlour-bucket-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: NAME }],
  });
  const { port } = await server.run();
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: KEY, secretAccessKey: KEY },
    forcePathStyle: true,
  });
  return {
    url: `s3://${KEY}:${KEY}@127.0.0.1:${port}/${NAME}/files?tls=off`,
    async names() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: NAME }));
      return Contents.map(({ Key }) => Key!);
    },
    async stop() {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
