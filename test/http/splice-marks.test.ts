import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SpliceMarks } from '../../src/http/splice-marks.ts';

describe('the mark on a socket that a node passes on', () => {
  const secret = randomBytes(32);
  const marks = new SpliceMarks(secret);
  const mark = marks.issue('p1', '/p1/room?sessionId=s');

  afterEach(() => void vi.useRealTimers());

  it('is good for its node and its address, on every node with the same secret', () => {
    expect(new SpliceMarks(secret).isGood(mark, 'p1', '/p1/room?sessionId=s')).toBe(true);
  });

  it.each([
    ['another node', mark, 'p2', '/p1/room?sessionId=s'],
    ['another address', mark, 'p1', '/p1/room?sessionId=t'],
    ['more time', `9${mark}`, 'p1', '/p1/room?sessionId=s'],
    ['somebody without the secret', new SpliceMarks(randomBytes(32)).issue('p1', '/'), 'p1', '/'],
    ['nothing', '', 'p1', '/'],
    ['a time and no signature', `${Date.now() + 1_000}.`, 'p1', '/'],
  ])('is no good for %s', (_case, given, processId, url) => {
    expect(marks.isGood(given, processId, url)).toBe(false);
  });

  it('is no good after some minutes', () => {
    vi.useFakeTimers({ now: Date.now() + 6 * 60_000 });
    expect(marks.isGood(mark, 'p1', '/p1/room?sessionId=s')).toBe(false);
  });
});
