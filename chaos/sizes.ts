import type { ChaosOptions } from './run.ts';

type Size = Pick<ChaosOptions, 'nodes' | 'seconds' | 'leaseMs' | 'durations' | 'size'>;

/** Everything as it is in earnest. */
export const FULL: Size = {
  nodes: 3,
  seconds: 10,
  leaseMs: undefined,
  durations: { pauseMs: 15_000, natsMs: 10_000, cutMs: 10_000 },
  size: { pairs: 15, team: 8, crowd: 120, active: 10 },
};

/** The same in about a minute. What lasts, lasts longer than a lease and than a position check. */
export const SHORT: Size = {
  nodes: 3,
  seconds: 1,
  leaseMs: 2_500,
  durations: { pauseMs: 3_500, natsMs: 3_000, cutMs: 3_000 },
  size: { pairs: 6, team: 4, crowd: 104, active: 4 },
};
