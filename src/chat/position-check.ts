import { type Database, databaseNow } from '../entities/database.ts';
import { LOOK_BACK_MS, MAX_LOOK_BACK_MS } from './limits.ts';
import type { Log } from './log.ts';

/** What one look at the database is about. All times are the database's. */
export interface LookBack {
  /** Whatever changed after this may not have been seen yet. */
  readonly since: Date;
  /** Too long ago to go through all that changed: compare what is open here, wholly. */
  readonly everything: boolean;
}

/** Looks for one kind of thing that this node was not told. Throws when it could not repair all of it. */
export type Check = (lookBack: LookBack) => Promise<void>;

export interface PositionCheckOptions {
  readonly database: Database;
  readonly checks: readonly Check[];
  readonly log: Log;
  readonly intervalMs: number;
}

/**
 * The bus may lose anything. Every few seconds this asks the database what has changed and repairs what this
 * node was not told, so that a lost hint costs seconds and never a message. Each check looks back to where it
 * last succeeded: a node that slept, or whose database was away, misses nothing of the time between.
 */
export class PositionCheck {
  readonly #options: PositionCheckOptions;
  /** When each check began that was the last to succeed. */
  readonly #succeeded = new Map<Check, Date>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = true;

  constructor(options: PositionCheckOptions) {
    this.#options = options;
  }

  /** Settles after the first round: whoever attaches from now on misses nothing. */
  async start(): Promise<void> {
    this.#stopped = false;
    this.#round = this.run();
    await this.#round;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round.catch(() => {});
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.run()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a position check failed'))
        .finally(() => this.#schedule());
    }, this.#options.intervalMs);
  }

  /** One round, which is all there is to it: the timer only repeats it. */
  async run(): Promise<void> {
    const { database, checks } = this.#options;
    const now = await databaseNow(database.em);
    const outcomes = await Promise.allSettled(
      checks.map(async (check) => {
        await check(lookBack(this.#succeeded.get(check) ?? now, now));
        this.#succeeded.set(check, now);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function lookBack(succeeded: Date, now: Date): LookBack {
  const gap = now.getTime() - succeeded.getTime();
  return {
    since: new Date(Math.min(succeeded.getTime(), now.getTime()) - LOOK_BACK_MS),
    // Less than none: another database took over, whose clock is behind the old one's.
    everything: gap > MAX_LOOK_BACK_MS || gap < 0,
  };
}

/** Lists that are too long for one statement. */
export function* inChunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
