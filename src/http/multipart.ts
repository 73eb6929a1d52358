import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { ChatError } from '../chat/errors.ts';
import type { IncomingFile } from '../chat/media/upload.ts';

/** Where the file is in the form. */
export const FILE_FIELD = 'file';

/** Headers of a part: a name and a type need no more. */
const MAX_PART_HEADER_BYTES = 4 * 1024;
const MAX_PART_HEADERS = 20;

/**
 * The one file of a `multipart/form-data` request, as it comes: nothing is read that nobody asks for. Reading it
 * fails at its end if the form has more than this file, is not whole or took too long. Whoever stops reading
 * leaves the rest to the listener, which closes the connection soon.
 */
export async function readUpload(incoming: IncomingMessage, deadlineMs: number): Promise<IncomingFile> {
  const form = openForm(incoming);
  const over = new Promise<void>((_, reject) => {
    const refuse = (message: string) => (): void => reject(new ChatError('bad_request', message));
    form.once('filesLimit', refuse('one file only'));
    form.once('fieldsLimit', refuse(`the form has no other field than "${FILE_FIELD}"`));
    form.once('partsLimit', refuse('one file only'));
    // Comes when the form's end is missing or something in it cannot be understood.
    form.once('error', refuse('the form is broken, or ended early'));
    incoming.once('error', refuse('the upload ended early'));
    incoming.once('close', () => incoming.readableEnded || refuse('the upload ended early')());
    const deadline = setTimeout(refuse('the upload took too long'), deadlineMs);
    form.once('close', () => clearTimeout(deadline));
  });
  const whole = new Promise<void>((resolve) => form.once('finish', resolve));
  const stop = (): void => {
    incoming.unpipe(form);
    form.destroy();
  };
  over.catch(stop);
  const first = new Promise<IncomingFile>((resolve) => {
    form.once('file', (field, stream, name) => {
      // What breaks off is told by the form, not by the file.
      stream.on('error', () => {});
      const ends = Promise.race([whole, over]);
      ends.catch((error) => stream.destroy(error));
      if (field !== FILE_FIELD) form.emit('fieldsLimit');
      resolve({ name: name ?? '', bytes: bytesOf(stream, ends, stop) });
    });
  });
  incoming.pipe(form);
  const nothing = whole.then(() => {
    throw new ChatError('bad_request', `the form needs a file in its field "${FILE_FIELD}"`);
  });
  return Promise.race([first, over, nothing]) as Promise<IncomingFile>;
}

function openForm({ headers }: IncomingMessage): BusboyInstance {
  const { 'content-type': type = '' } = headers;
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new ChatError('bad_request', 'the body must be multipart/form-data');
  }
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': type },
      limits: {
        files: 1,
        fields: 0,
        parts: 1,
        headerPairs: MAX_PART_HEADERS,
        headerSize: MAX_PART_HEADER_BYTES,
      },
      // Also without a file name, which some clients leave out.
      isPartAFile: (field, _type, name) => field === FILE_FIELD || name !== undefined,
    });
  } catch {
    throw new ChatError('bad_request', 'the Content-Type must name the boundary of the form');
  }
}

async function* bytesOf(
  stream: BusboyFileStream,
  ends: Promise<void>,
  stop: () => void,
): AsyncGenerator<Uint8Array> {
  let read = false;
  try {
    yield* stream as AsyncIterable<Uint8Array>;
    await ends;
    read = true;
  } finally {
    if (!read) stop();
  }
}
