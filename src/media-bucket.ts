import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ChatError } from './chat/errors.ts';
import type { Log } from './chat/log.ts';
import type { MediaStore } from './chat/media/media-store.ts';
import type { Bucket } from './media-url.ts';
import { StartError } from './start-error.ts';

const CONNECT_MS = 5_000;
/** Silence in the middle of a request. */
const SILENCE_MS = 30_000;
const ATTEMPTS = 3;

export interface BucketOptions {
  readonly bucket: Bucket;
  /** A folder of this machine for what is on its way. */
  readonly spool: string;
  readonly log: Log;
}

export interface OpenBucket extends MediaStore {
  close(): void;
}

/**
 * Files in a bucket of S3, or of what speaks like it. They come here whole, from the spool, so one request stores
 * one, all or nothing, and no halves of uploads wait in the bucket for somebody to pay for them.
 */
export async function openBucket({ bucket, spool, log }: BucketOptions): Promise<OpenBucket> {
  const client = new S3Client({
    endpoint: bucket.endpoint,
    region: bucket.region,
    credentials: { accessKeyId: bucket.key, secretAccessKey: bucket.secret },
    forcePathStyle: bucket.pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    // Not everything that speaks like S3 knows its newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const at = (name: string) => ({ Bucket: bucket.name, Key: bucket.prefix + name });
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      // The whole error holds the request, with its signature.
      log.error({ problem: describe(error) }, 'the bucket does not do what it is asked');
      throw new ChatError('unavailable', 'files cannot be reached now; try again later');
    }
  };
  await mkdir(spool, { recursive: true, mode: 0o700 });
  await checkBucket(client, bucket, log);
  return {
    spool,
    async put(name, path) {
      const { size } = await stat(path);
      const body = () => createReadStream(path);
      await attempt(() =>
        client.send(new PutObjectCommand({ ...at(name), Body: body(), ContentLength: size })),
      );
      await rm(path);
    },
    read: (name, range) =>
      attempt(async () => {
        const bytes = range && `bytes=${range.start}-${range.end}`;
        try {
          const { Body } = await client.send(new GetObjectCommand({ ...at(name), Range: bytes }));
          return Body as Readable;
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }),
    async remove(name) {
      await attempt(() => client.send(new DeleteObjectCommand(at(name))));
    },
    close: () => client.destroy(),
  };
}

/** Wrong credentials stay wrong; a bucket that cannot be reached now is no reason for the chat to stay away. */
async function checkBucket(client: S3Client, { name, endpoint }: Bucket, log: Log): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) throw new StartError(`MEDIA_URL: no bucket "${name}" at ${endpoint}`);
    if (status === 401 || status === 403)
      throw new StartError(`MEDIA_URL: ${endpoint} refuses this key for the bucket "${name}"`);
    log.warn({ problem: describe(error), endpoint }, 'the bucket for files cannot be reached');
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function describe(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  return [statusOf(error), code ?? name, message].filter((part) => part !== undefined).join(' ');
}
