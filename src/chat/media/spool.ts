import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ChatError } from '../errors.ts';

export interface Received {
  readonly size: number;
  readonly hash: string;
}

/** The paths of one upload, while it is none of the store's business. */
export class Spooled {
  readonly raw: string;
  readonly made: string;
  readonly thumb: string;

  constructor(spool: string, id: string) {
    this.raw = join(spool, `${id}.raw`);
    this.made = join(spool, `${id}.made`);
    this.thumb = join(spool, `${id}.small`);
  }

  async remove(): Promise<void> {
    for (const path of [this.raw, this.made, this.thumb]) await rm(path, { force: true });
  }
}

/** To disk as it comes, counted and hashed on the way: never more of it in memory than a few chunks. */
export async function receive(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  maxBytes: number,
): Promise<Received> {
  const hash = createHash('sha256');
  let size = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > maxBytes) throw new ChatError('too_large', `a file may have ${maxBytes} bytes here`);
      hash.update(chunk);
      yield chunk;
    }
  }
  // On the disk before it is promised to anybody.
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const closed = new Promise<void>((resolve) => file.once('close', resolve));
  try {
    await pipeline(counted, file);
  } finally {
    // A file that is still being opened would appear after it was removed.
    await closed;
  }
  if (size === 0) throw new ChatError('bad_request', 'the file is empty');
  return { size, hash: hash.digest('base64url') };
}

export async function measure(path: string): Promise<Received> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, hash: hash.digest('base64url') };
}

/** Whoever wrote these was killed: no upload takes that long. */
export async function clearSpool(spool: string, olderThanMs: number): Promise<void> {
  for (const name of await readdir(spool)) {
    const path = join(spool, name);
    const lastWrite = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (lastWrite < Date.now() - olderThanMs) await rm(path, { force: true });
  }
}
