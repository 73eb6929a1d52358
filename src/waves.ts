import { setTimeout as delay } from 'node:timers/promises';

const WAVE_MS = 250;
/** A server with few clients lets them all go at once. */
const MIN_WAVE = 100;

/** Does all of it within the given time, a part at once: whoever is sent away comes back somewhere else, and at once. */
export async function inWaves(actions: readonly (() => void)[], withinMs: number): Promise<void> {
  const waves = Math.max(1, Math.floor(withinMs / WAVE_MS));
  const size = Math.max(MIN_WAVE, Math.ceil(actions.length / waves));
  for (let start = 0; start < actions.length; start += size) {
    if (start > 0) await delay(WAVE_MS);
    for (const act of actions.slice(start, start + size)) act();
  }
}
