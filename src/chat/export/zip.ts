import { strToU8, Zip, ZipDeflate } from 'fflate';

export interface ExportedFile {
  readonly name: string;
  /** Read once, from beginning to end, before the next file is asked for. */
  readonly texts: AsyncIterable<string>;
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
  for await (const { name, texts } of files) {
    const file = new ZipDeflate(name);
    archive.add(file);
    for await (const text of texts) {
      file.push(strToU8(text));
      yield* takeMade();
    }
    file.push(new Uint8Array(), true);
    yield* takeMade();
  }
  archive.end();
  yield* takeMade();
}
