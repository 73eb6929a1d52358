import type { Chat } from '../chat.ts';
import { MAX_EXPORTED_UPLOAD_BYTES } from '../limits.ts';
import { pagesOf } from './json-files.ts';
import { readUploads } from './more-files.ts';
import type { ExportedFile } from './zip.ts';

const EXTENSION = /\.[a-z\d]{1,8}$/i;

/**
 * What is in the files, as far as there is room for it: those that are left out can be read by themselves. One that
 * goes while we read is left out, too.
 */
export async function* uploadedFiles(
  chat: Pick<Chat, 'database' | 'media'>,
  ownerId: string,
  room = MAX_EXPORTED_UPLOAD_BYTES,
): AsyncGenerator<ExportedFile> {
  let left = room;
  for await (const page of pagesOf(readUploads(chat, ownerId))) {
    for (const { id, name, size } of page) {
      if (size > left) continue;
      left -= size;
      const pieces = await chat.media.store.read(id);
      // By their ids: a name is what its owner likes, and need not be one on the reader's machine.
      if (pieces) yield { name: `uploads/${id}${EXTENSION.exec(name)?.[0] ?? ''}`, pieces, asItIs: true };
    }
  }
}
