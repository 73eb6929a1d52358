import { pbkdf2 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receive, Spooled } from '../../src/chat/media/spool.ts';
import { createEmptyDataDir } from '../support/data-dir.ts';

describe('the spool', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await createEmptyDataDir();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function* bytes(error?: Error): AsyncGenerator<Uint8Array> {
    yield Buffer.from('hello');
    if (error) throw error;
  }

  it('holds nothing of what broke off, also when the disk is slow', async () => {
    // Whatever is asked of the disk waits until one of these is done.
    const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)('a', 'b', 200_000, 64, 'sha512'));
    const spooled = new Spooled(folder, 'broken');
    await expect(receive(bytes(new Error('gone')), spooled.raw, 100)).rejects.toThrow('gone');
    // It does not appear later, when it has been removed.
    expect(existsSync(spooled.raw)).toBe(true);
    await spooled.remove();
    expect(await readdir(folder)).toEqual([]);
    await Promise.all(busy);
  });

  it('does not wait for ever for a file that cannot be opened', async () => {
    await expect(receive(bytes(), join(folder, 'nowhere', 'x'), 100)).rejects.toThrow('ENOENT');
  });
});
