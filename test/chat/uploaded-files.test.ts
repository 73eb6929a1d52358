import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadedFiles } from '../../src/chat/export/uploaded-files.ts';
import { uploadAttachment } from '../../src/chat/media/upload-attachment.ts';
import { type Core, openCore } from '../support/core.ts';

describe('the uploaded files of an export', () => {
  let core: Core;
  beforeAll(async () => {
    core = await openCore('PGlite');
  });
  afterAll(() => core.close());

  it('are left out where there is no room for them, and smaller ones still taken', async () => {
    const alice = await core.person('alice');
    const upload = (size: number) =>
      uploadAttachment(core.chat, alice, { name: 'x.txt', bytes: Readable.from([Buffer.alloc(size, 'x')]) });
    const sizes = new Map<string, number>();
    for (const size of [600, 600, 300]) sizes.set(`uploads/${(await upload(size)).id}.txt`, size);
    const taken = async (room?: number) => {
      const names: string[] = [];
      for await (const { name, pieces } of uploadedFiles(core.chat, alice, room)) {
        for await (const piece of pieces) expect(piece.length).toBeGreaterThan(0);
        names.push(name);
      }
      return names.map((name) => sizes.get(name)).sort();
    };
    expect(await taken()).toEqual([300, 600, 600]);
    expect(await taken(1_000)).toEqual([300, 600]);
  });
});
