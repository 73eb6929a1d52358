export interface EntryLimitOptions {
  /** Of one kind. */
  readonly most: number;
  readonly everyMs: number;
  readonly onLeftOut: (kind: string, count: number) => void;
}

/** So many entries of each kind in a while, and then how many there were besides: whoever causes them fills no disk. */
export class EntryLimit {
  readonly #options: EntryLimitOptions;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EntryLimitOptions) {
    this.#options = options;
  }

  allows(kind: string): boolean {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    // By a clock and not by the next entry: when a flood is over, there may be none for days.
    this.#timer ??= setTimeout(() => this.flush(), this.#options.everyMs).unref();
    return count <= this.#options.most;
  }

  /** Says what was left out, and begins anew. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { most, onLeftOut } = this.#options;
    for (const [kind, count] of this.#counts) if (count > most) onLeftOut(kind, count - most);
    this.#counts.clear();
  }
}
