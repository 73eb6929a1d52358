import type { Readable } from 'node:stream';

/** From the first byte to the last one, both of them included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where files are kept once they are whole, by names that we choose: letters, digits, `-` and `.`. What cannot
 * be done for now fails with `unavailable`.
 */
export interface MediaStore {
  /** A folder of this machine for what is not whole yet; from there the store takes it over fastest. */
  readonly spool: string;
  /** Takes the file at this path away. All or nothing: whoever reads never sees half a file. */
  put(name: string, path: string): Promise<void>;
  /** Undefined when there is no such file. Nobody has read from it yet, so it can still be closed for nothing. */
  read(name: string, range?: ByteRange): Promise<Readable | undefined>;
  /** Settles too when there is no such file. */
  remove(name: string): Promise<void>;
}
