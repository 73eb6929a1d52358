import { createHistogram } from 'node:perf_hooks';

/** Durations in milliseconds, kept in constant space with three significant digits. */
export class Latencies {
  readonly #histogram = createHistogram({ figures: 3 });

  record(milliseconds: number): void {
    // Microseconds: the histogram takes whole numbers from 1 on.
    this.#histogram.record(Math.max(1, Math.round(milliseconds * 1000)));
  }

  /** Milliseconds below which `percent` of all recorded durations lie. */
  percentile(percent: number): number {
    return this.#histogram.count === 0 ? Number.NaN : this.#histogram.percentile(percent) / 1000;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
