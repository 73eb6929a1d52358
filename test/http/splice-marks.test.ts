import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { SpliceMarks } from '../../src/http/splice-marks.ts';

describe('the mark on a socket that a node passes on', () => {
  const secret = randomBytes(32);
  const marks = new SpliceMarks(new KeyRing(secret));
  const mark = marks.issue('p1', '/p1/room?sessionId=s');

  afterEach(() => void vi.useRealTimers());

  it('is good for its node and its address, on every node with the same secret', () => {
    const other = new SpliceMarks(new KeyRing(secret));
    expect(other.isGood(mark, 'p1', '/p1/room?sessionId=s')).toBe(true);
  });

  it('is good in both directions while the secret is changed', () => {
    const next = randomBytes(32);
    const [before, after] = [new KeyRing(secret, [next]), new KeyRing(next, [secret])];
    for (const [from, to] of [
      [before, after],
      [after, before],
    ] as const) {
      const given = new SpliceMarks(from).issue('p1', '/p1/room');
      expect(new SpliceMarks(to).isGood(given, 'p1', '/p1/room')).toBe(true);
    }
    const late = new SpliceMarks(new KeyRing(next)).issue('p1', '/p1/room');
    expect(marks.isGood(late, 'p1', '/p1/room')).toBe(false);
  });

  it.each([
    ['another node', mark, 'p2', '/p1/room?sessionId=s'],
    ['another address', mark, 'p1', '/p1/room?sessionId=t'],
    ['more time', `9${mark}`, 'p1', '/p1/room?sessionId=s'],
    [
      'somebody without the secret',
      new SpliceMarks(new KeyRing(randomBytes(32))).issue('p1', '/'),
      'p1',
      '/',
    ],
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
