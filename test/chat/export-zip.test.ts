import { randomBytes } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type ExportedFile, zip } from '../../src/chat/export/zip.ts';

async function* texts(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

async function* files(...all: ExportedFile[]): AsyncGenerator<ExportedFile> {
  yield* all;
}

describe('a zip that is made while it is read', () => {
  it('holds each file whole, an empty one too', async () => {
    const packed = files(
      { name: 'one.txt', pieces: texts('hello ', 'alice 🙂') },
      { name: 'folder/nothing.txt', pieces: texts() },
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of zip(packed)) chunks.push(chunk);
    const found = Object.entries(unzipSync(Buffer.concat(chunks))).map(([name, bytes]) => [
      name,
      strFromU8(bytes),
    ]);
    expect(found).toEqual([
      ['one.txt', 'hello alice 🙂'],
      ['folder/nothing.txt', ''],
    ]);
  });

  it('breaks off before it is larger, or of more files, than a zip can say', async () => {
    const taken = async (limits: { bytes: number; files: number }, ...all: ExportedFile[]) => {
      for await (const chunk of zip(files(...all), limits)) expect(chunk.length).toBeGreaterThan(0);
    };
    const one = { name: 'one', pieces: texts(randomBytes(2_000).toString('hex')) };
    const other = { name: 'other', pieces: texts('') };
    await expect(taken({ bytes: 1_000, files: 9 }, one)).rejects.toMatchObject({ code: 'too_large' });
    await expect(taken({ bytes: 9_000, files: 1 }, one, other)).rejects.toMatchObject({ code: 'too_large' });
    const fits = { name: 'one', pieces: texts('x') };
    await expect(taken({ bytes: 9_000, files: 2 }, fits, { ...other, pieces: texts('') })).resolves.toBe(
      undefined,
    );
  });

  it('takes no more of what it packs than is asked for, and lets go of it when nobody reads on', async () => {
    let taken = 0;
    let closed = false;
    const endless = async function* () {
      try {
        for (;;) {
          taken += 1;
          yield randomBytes(8_192).toString('hex');
        }
      } finally {
        closed = true;
      }
    };
    let size = 0;
    for await (const chunk of zip(files({ name: 'endless', pieces: endless() }))) {
      size += chunk.length;
      if (size > 1_048_576) break;
    }
    // Hexadecimal digits shrink to half; the packer holds back a few pieces.
    expect(taken * 8_192).toBeLessThan(2 * size);
    expect(closed).toBe(true);
  });
});
