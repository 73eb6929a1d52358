import { setTimeout as delay } from 'node:timers/promises';

/**
 * Answers after this time and not before, whatever the outcome: how long the work took would tell what it found.
 * Work that takes longer shows; the time is chosen well above what it takes.
 */
export async function evenly<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  const [outcome] = await Promise.allSettled([work(), delay(ms)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
