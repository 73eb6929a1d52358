import { describe, expect, it } from 'vitest';
import { ChatError, type ErrorCode } from '../../../src/chat/errors.ts';
import { insist } from '../../../src/http/dialects/insist.ts';
import { MAX_TRIES } from '../../../src/http/dialects/limits.ts';

/** Fails like this so many times, and then succeeds; answers how often it was tried. */
async function tried(code: ErrorCode, failures: number, line = { isOpen: true }): Promise<number> {
  let tries = 0;
  await insist(line, async () => {
    tries += 1;
    const retryAfter = code === 'blocked' ? undefined : 0.001;
    if (tries <= failures) throw new ChatError(code, 'not now', undefined, retryAfter);
  });
  return tries;
}

describe('what a client cannot be told', () => {
  it('is tried again while it may succeed', async () => {
    expect(await tried('busy', 2)).toBe(3);
    expect(await tried('rate_limited', 3 * MAX_TRIES)).toBe(3 * MAX_TRIES + 1);
  });

  it('is dropped if it is refused for good', async () => {
    expect(await tried('blocked', 1)).toBe(1);
  });

  it('is given up when the trouble is ours and stays, or is no refusal at all', async () => {
    await expect(tried('unavailable', MAX_TRIES)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await tried('unavailable', MAX_TRIES - 1)).toBe(MAX_TRIES);
    await expect(insist({ isOpen: true }, () => Promise.reject(new TypeError('ours')))).rejects.toThrow(
      'ours',
    );
  });

  it('is not tried again for somebody who has gone', async () => {
    let tries = 0;
    const line = { isOpen: true };
    await insist(line, async () => {
      tries += 1;
      line.isOpen = false;
      throw new ChatError('busy', 'not now', undefined, 0.001);
    });
    expect(tries).toBe(1);
    expect(await tried('busy', 0, { isOpen: false })).toBe(0);
  });
});
