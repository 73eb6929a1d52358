import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export interface ExportedFile {
  readonly name: string;
  /** Read once, from beginning to end, before the next file is asked for. */
  readonly pieces: AsyncIterable<string | Uint8Array>;
  /** What is compressed already, as most pictures are, is not worth another try. */
  readonly asItIs?: boolean;
}

/** A zip as it grows: of each file only what is at hand is in memory. */
export async function* zip(files: AsyncIterable<ExportedFile>): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    made.push(chunk);
  });
  const takeMade = (): Uint8Array[] => {
    const chunks = made.filter((chunk) => chunk.length > 0);
    made = [];
    return chunks;
  };
  for await (const { name, pieces, asItIs = false } of files) {
    const file = asItIs ? new ZipPassThrough(name) : new ZipDeflate(name);
    archive.add(file);
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
