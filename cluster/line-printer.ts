/** Turns what several processes print, in pieces, into whole lines that say whose they are. */
export class LinePrinter {
  readonly #write: (line: string) => void;
  /** What each has begun and not ended yet. */
  readonly #begun = new Map<string, string>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  print(name: string, text: string): void {
    const lines = ((this.#begun.get(name) ?? '') + text).split('\n');
    this.#begun.set(name, lines.pop() ?? '');
    for (const line of lines) this.#write(`${name.padEnd(WIDTH)} | ${line}`);
  }
}

/** Of the longest name, `balancer`. */
const WIDTH = 8;
