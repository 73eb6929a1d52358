/** A file of the page: its name holds a hash of what is in it, so whoever has it has it for good. */
export interface WebFile {
  /** Without the hash. */
  readonly entry: string;
  readonly name: string;
  readonly type: string;
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  readonly br: Uint8Array;
}

/** By `entry`: `main.js`, `style.css`, `icon.svg`. */
export type WebFiles = ReadonlyMap<string, WebFile>;
