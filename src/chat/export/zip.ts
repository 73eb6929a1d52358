import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { ChatError } from '../errors.ts';
import { MAX_ZIP_BYTES, MAX_ZIP_FILES } from '../limits.ts';

export interface ExportedFile {
  readonly name: string;
  /** Read once, from beginning to end, before the next file is asked for. */
  readonly pieces: AsyncIterable<string | Uint8Array>;
  /** What is compressed already, as most pictures are, is not worth another try. */
  readonly asItIs?: boolean;
}

/** What fits into a zip; beyond that nobody could read it. */
const WHOLE: ZipLimits = { bytes: MAX_ZIP_BYTES, files: MAX_ZIP_FILES };

export interface ZipLimits {
  readonly bytes: number;
  readonly files: number;
}

/**
 * A zip as it grows: of each file only what is at hand is in memory. One that grows too large breaks off, so that
 * nobody takes it for whole.
 */
export async function* zip(
  files: AsyncIterable<ExportedFile>,
  limits: ZipLimits = WHOLE,
): AsyncGenerator<Uint8Array> {
  let [bytes, count] = [0, 0];
  let made: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    made.push(chunk);
  });
  const takeMade = (): Uint8Array[] => {
    const chunks = made.filter((chunk) => chunk.length > 0);
    made = [];
    for (const { length } of chunks) bytes += length;
    if (bytes > limits.bytes || count > limits.files) throw tooLarge();
    return chunks;
  };
  for await (const { name, pieces, asItIs = false } of files) {
    const file = asItIs ? new ZipPassThrough(name) : new ZipDeflate(name);
    archive.add(file);
    count += 1;
    for await (const piece of pieces) {
      file.push(typeof piece === 'string' ? strToU8(piece) : piece);
      yield* takeMade();
    }
    file.push(new Uint8Array(), true);
    yield* takeMade();
  }
  archive.end();
  yield* takeMade();
}

function tooLarge(): ChatError {
  return new ChatError('too_large', 'this is more than a zip can hold; read it page by page');
}
