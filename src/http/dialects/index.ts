import type { Dialect } from './dialect.ts';

/** One line for each; taking a dialect out is taking its line, its folder and its tests. */
export const dialects: readonly Dialect[] = [];
