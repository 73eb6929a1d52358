import type { Bus } from '../bus.ts';
import type { ColyseusLease } from './lease.ts';

const LIVE = '(l.expires_at is null or l.expires_at > now())';
/** A list that was emptied is gone, and with it its expiry. */
const ALIVE = `(cardinality(l.items) > 0 and ${LIVE})`;
/** A waiting `takeLast` looks by itself so often, in case the bus lost the hint. */
export const LOOK_AGAIN_MS = 1_000;

/** One topic for all lists: there are few, and whoever waits for one listens briefly. */
const HINTS = 'colyseus-lists';

/** One row for each list, so that its lock makes every change atomic. Made for short lists. */
export class Lists {
  readonly #lease: ColyseusLease;
  readonly #bus: Bus;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(lease: ColyseusLease, bus: Bus) {
    this.#lease = lease;
    this.#bus = bus;
  }

  size(key: string): Promise<number> {
    const sql = `select cardinality(items) as size from colyseus_list l where key = $1 and ${LIVE}`;
    return this.#lease.run(sql, [key], sizeOf);
  }

  append(key: string, values: readonly unknown[]): Promise<number> {
    return this.#push(key, values.map(String), 'l.items || excluded.items');
  }

  /** The last value becomes the first of the list, as if they were added one by one. */
  prepend(key: string, values: readonly unknown[]): Promise<number> {
    return this.#push(key, values.map(String).reverse(), 'excluded.items || l.items');
  }

  takeFirst(key: string): Promise<string | null> {
    return this.#take(key, 'items[1]', 'items[2:]');
  }

  takeLast(key: string): Promise<string | null> {
    return this.#take(key, 'items[cardinality(items)]', 'items[:cardinality(items) - 1]');
  }

  /** From the first list that has something; waits for it, with 0 for ever. Null when the time is over. */
  async waitForLast(keys: readonly string[], seconds: number): Promise<[string, string] | null> {
    const deadline = seconds > 0 ? performance.now() + seconds * 1_000 : Number.POSITIVE_INFINITY;
    let hinted = Promise.withResolvers<void>();
    const wake = (): void => hinted.resolve();
    // Before looking: what is pushed after that look is heard.
    const hints = this.#bus.subscribe(HINTS, (payload) => {
      if (keys.includes((payload as { key: string }).key)) wake();
    });
    this.#waiting.add(wake);
    try {
      while (!this.#closed) {
        for (const key of keys) {
          const value = await this.takeLast(key);
          if (value !== null) return [key, value];
        }
        const left = deadline - performance.now();
        if (left <= 0) return null;
        const timer = setTimeout(wake, Math.min(left, LOOK_AGAIN_MS));
        await hinted.promise;
        clearTimeout(timer);
        hinted = Promise.withResolvers<void>();
      }
      return null;
    } finally {
      this.#waiting.delete(wake);
      hints.close();
    }
  }

  /** Whoever waits gets null. */
  close(): void {
    this.#closed = true;
    for (const wake of this.#waiting) wake();
  }

  #push(key: string, values: string[], joined: string): Promise<number> {
    if (values.length === 0) return this.size(key);
    const sql = `insert into colyseus_list as l (key, items) values ($1, $2::text[])
      on conflict (key) do update set
        items = case when ${ALIVE} then ${joined} else excluded.items end,
        expires_at = case when ${ALIVE} then l.expires_at end
      returning cardinality(l.items) as size`;
    return this.#lease.run(sql, [key, values], (rows: { size: number }[]) => {
      this.#bus.publish(HINTS, { key });
      return sizeOf(rows);
    });
  }

  /** What is taken is written into the row itself: one statement sees what it took and what it left. */
  #take(key: string, taken: string, rest: string): Promise<string | null> {
    const sql = `update colyseus_list l set taken = ${taken}, items = ${rest}
      where key = $1 and ${ALIVE} returning taken`;
    return this.#lease.run(sql, [key], (rows: { taken: string }[]) => rows[0]?.taken ?? null);
  }
}

function sizeOf(rows: { size: number }[]): number {
  return Number(rows[0]?.size ?? 0);
}
