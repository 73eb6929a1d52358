import type { Log } from '../../src/chat/log.ts';

export interface Entry {
  readonly level: keyof Log;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** A log to look at. */
export class KeptLog implements Log {
  readonly entries: Entry[] = [];

  debug(facts: object, message: string): void {
    this.#keep('debug', facts, message);
  }
  info(facts: object, message: string): void {
    this.#keep('info', facts, message);
  }
  warn(facts: object, message: string): void {
    this.#keep('warn', facts, message);
  }
  error(facts: object, message: string): void {
    this.#keep('error', facts, message);
  }

  /** Those entries about security that came of this. */
  async of(work: () => unknown): Promise<Entry[]> {
    const before = this.entries.length;
    await work();
    return this.entries.slice(before).filter(({ event }) => event !== undefined);
  }

  #keep(level: keyof Log, facts: object, message: string): void {
    this.entries.push({ ...facts, level, message });
  }
}
