import { networkOf } from './address.ts';
import { ChatError } from './errors.ts';
import { MAX_COUNTED } from './limits.ts';
import { COUNTED, type Counted, type Rate, type RateName, type Rates } from './rates.ts';
import type { SecurityLog } from './security-log.ts';

/** Who asks, as far as it is known. */
export type Asker = Readonly<Partial<Record<Counted, string | undefined>>>;

export interface RateLimitsOptions {
  readonly securityLog?: Pick<SecurityLog, 'rateLimited'>;
  readonly now?: () => number;
}

/** How often things are asked of this node, counted in its memory. */
export class RateLimits {
  readonly #meters = new Map<RateName, readonly (readonly [Counted, Meter])[]>();
  readonly #securityLog: RateLimitsOptions['securityLog'];

  /** Undefined limits nothing. */
  constructor(
    rates: Rates | undefined,
    { securityLog, now = () => performance.now() }: RateLimitsOptions = {},
  ) {
    this.#securityLog = securityLog;
    for (const [name, byCounted] of Object.entries(rates ?? {})) {
      const counted = COUNTED.filter((each) => byCounted[each] !== undefined);
      this.#meters.set(
        name as RateName,
        counted.map((each) => [each, new Meter(byCounted[each]!, now)]),
      );
    }
  }

  /** Counts one, or refuses (`rate_limited`) and counts nothing. */
  take(name: RateName, asker: Asker): void {
    const wait = this.#count(name, asker);
    if (wait === 0) return;
    const { account: userId, device: sessionId, address } = asker;
    this.#securityLog?.rateLimited(name, { userId, sessionId, address });
    throw tooOften(wait);
  }

  /** The same for what nobody is told about. */
  allows(name: RateName, asker: Asker): boolean {
    return this.#count(name, asker) === 0;
  }

  /** Answers how long to wait, in which case nothing is counted. */
  #count(name: RateName, asker: Asker): number {
    const meters = this.#meters.get(name) ?? [];
    let wait = 0;
    for (const [counted, meter] of meters) {
      const key = keyOf(counted, asker);
      if (key !== undefined) wait = Math.max(wait, meter.wait(key));
    }
    if (wait > 0) return wait;
    for (const [counted, meter] of meters) {
      const key = keyOf(counted, asker);
      if (key !== undefined) meter.count(key);
    }
    return 0;
  }
}

export function tooOften(waitMs: number): ChatError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new ChatError('rate_limited', `too often; try again in ${seconds} s`, undefined, seconds);
}

function keyOf(counted: Counted, asker: Asker): string | undefined {
  const key = asker[counted] || undefined;
  if (counted === 'mailbox') return key?.toLowerCase();
  return counted === 'address' && key !== undefined ? networkOf(key) : key;
}

/**
 * For each key the moment at which all that it asked will be paid off: what it may ask grows back evenly. Keys
 * that were quiet for the rate's whole time owe nothing and are forgotten with the older half.
 */
class Meter {
  readonly #every: number;
  readonly #credit: number;
  readonly #now: () => number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turned: number;

  constructor({ times, seconds }: Rate, now: () => number) {
    this.#every = (seconds * 1_000) / times;
    this.#credit = seconds * 1_000;
    this.#now = now;
    this.#turned = now();
  }

  /** Milliseconds until one more is allowed. */
  wait(key: string): number {
    const now = this.#now();
    const ahead = this.#paidOff(key, now) + this.#every - now - this.#credit;
    // Adding up fractions leaves crumbs.
    return ahead > 0.001 ? ahead : 0;
  }

  count(key: string): void {
    const now = this.#now();
    if (now - this.#turned >= this.#credit || this.#young.size >= MAX_COUNTED / 2) {
      // Under a flood of new keys the older half is forgotten early: whoever is in it may ask some more.
      this.#old = now - this.#turned >= 2 * this.#credit ? new Map() : this.#young;
      this.#young = new Map();
      this.#turned = now;
    }
    this.#young.set(key, this.#paidOff(key, now) + this.#every);
  }

  #paidOff(key: string, now: number): number {
    return Math.max(this.#young.get(key) ?? this.#old.get(key) ?? 0, now);
  }
}
