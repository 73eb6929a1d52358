import { describe, expect, it } from 'vitest';
import { parseRange } from '../../src/http/byte-range.ts';
import { disposition } from '../../src/http/send-file.ts';

describe('a range of a file of ten bytes', () => {
  it.each([
    [undefined, 'all'],
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=3-', { start: 3, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=9-99', { start: 9, end: 9 }],
    ['bytes=10-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=3-1', 'all'],
    ['bytes=-', 'all'],
    ['bytes=0-1,4-5', 'all'],
    ['lines=0-1', 'all'],
    [`bytes=${'9'.repeat(400)}-`, 'all'],
  ])('%s is %o', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });
});

describe('the name in Content-Disposition', () => {
  it('cannot end early or begin another header', () => {
    const header = disposition({ isPicture: false, name: 'a"; x=\\\r\nY: z%41.txt' });
    expect(header).toBe(
      `attachment; filename="a_; x=___Y: z_41.txt"; filename*=UTF-8''a%22%3B%20x%3D%5C%0D%0AY%3A%20z%2541.txt`,
    );
  });

  it('keeps all its letters for those who know RFC 8187', () => {
    expect(disposition({ isPicture: true, name: "Ä'(1)*.png" })).toBe(
      `inline; filename="_'(1)*.png"; filename*=UTF-8''%C3%84%27%281%29%2A.png`,
    );
  });
});
