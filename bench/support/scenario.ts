import type { Faults } from './ledger.ts';
import type { Target } from './target.ts';

export interface Scenario<Option extends string = string> {
  /** One line above the table; the options' values are at hand. */
  title(options: Record<Option, number>): string;
  /** Numeric options with their defaults. */
  options: Record<Option, number>;
  /** Whether the reference can do it too. */
  compared: boolean;
  run(target: Target, options: Record<Option, number>): Promise<Outcome>;
}

export interface Outcome {
  /** In the order in which they are printed. */
  metrics: Record<string, number>;
  faults: Faults;
  /** Printed below the table. */
  remarks?: string[];
}
