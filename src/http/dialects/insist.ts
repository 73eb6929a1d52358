import { setTimeout as delay } from 'node:timers/promises';
import { asRefusal, RETRY_AFTER } from '../errors.ts';
import { MAX_TRIES } from './limits.ts';
import type { Line } from './line.ts';

/**
 * For wires that have no word for a refusal. What would succeed a moment later is tried again, and what the client
 * says next waits meanwhile: it is slowed down instead of being told. What is refused for good is dropped. If the
 * trouble is ours and stays, this throws, and the line closes: then at least the client knows.
 *
 * The task may have succeeded without our knowing: it must be one that can be done twice.
 */
export async function insist(line: Pick<Line, 'isOpen'>, task: () => Promise<void>): Promise<void> {
  for (let tries = 1; line.isOpen; tries += 1) {
    try {
      return await task();
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal === undefined) throw error;
      const seconds = refusal.retryAfter ?? RETRY_AFTER[refusal.code];
      if (seconds === undefined) return;
      if (refusal.code !== 'rate_limited' && tries >= MAX_TRIES) throw error;
      await delay(Number(seconds) * 1_000, undefined, { ref: false });
    }
  }
}
