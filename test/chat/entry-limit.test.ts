import { afterEach, describe, expect, it, vi } from 'vitest';
import { EntryLimit } from '../../src/chat/entry-limit.ts';

const EVERY_MS = 60_000;

describe('what strangers cause in the log', () => {
  afterEach(() => vi.useRealTimers());
  const limit = () => {
    const leftOut: [string, number][] = [];
    const limit = new EntryLimit({
      most: 2,
      everyMs: EVERY_MS,
      onLeftOut: (kind, count) => leftOut.push([kind, count]),
    });
    const ask = (kind: string, times: number) => Array.from({ length: times }, () => limit.allows(kind));
    return { limit, ask, leftOut };
  };

  it('is written a few times of each kind, and how much more there was is said when the time is over', () => {
    vi.useFakeTimers();
    const { ask, leftOut } = limit();
    expect(ask('knock', 5)).toEqual([true, true, false, false, false]);
    expect(ask('call', 2)).toEqual([true, true]);
    vi.advanceTimersByTime(EVERY_MS - 1);
    expect(leftOut).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(leftOut).toEqual([['knock', 3]]);
    expect(ask('knock', 3)).toEqual([true, true, false]);
  });

  it('is told without waiting when the server stops, and only once', () => {
    vi.useFakeTimers();
    const { limit: stopping, ask, leftOut } = limit();
    ask('knock', 3);
    stopping.flush();
    vi.advanceTimersByTime(2 * EVERY_MS);
    expect(leftOut).toEqual([['knock', 1]]);
  });
});
