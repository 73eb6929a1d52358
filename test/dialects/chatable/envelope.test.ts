import { describe, expect, it } from 'vitest';
import { ChatError, ERROR_CODES } from '../../../src/chat/errors.ts';
import { failure, wireTime } from '../../../src/http/dialects/chatable/envelope.ts';
import { STATUS_OF } from '../../../src/http/errors.ts';

describe('the words of chatable', () => {
  it.each([
    ['2015-09-03T02:08:08.558Z', '2015-09-03T02:08:08.558Z'],
    ['2015-09-03T02:08:08.550Z', '2015-09-03T02:08:08.55Z'],
    ['2015-09-03T02:08:08.500Z', '2015-09-03T02:08:08.5Z'],
    ['2015-09-03T02:08:08.050Z', '2015-09-03T02:08:08.05Z'],
    ['2015-09-03T02:08:10.000Z', '2015-09-03T02:08:10Z'],
    ['2015-09-03T02:08:10Z', '2015-09-03T02:08:10Z'],
  ])('have times without zeros at the end: %s', (iso, wire) => {
    expect(wireTime(iso)).toBe(wire);
  });

  it.each(ERROR_CODES)('say what was refused as %s', (code) => {
    const refusal = new ChatError(code, 'the reason', code === 'bad_request' ? undefined : []);
    const { error, ...rest } = failure(refusal, STATUS_OF[code]);
    expect(rest).toEqual({ status: 'fail', data: [], page: 1, per_page: 10, current_page: 0 });
    expect([error.code, Object.keys(error.errors!)]).toEqual([STATUS_OF[code], ['error']]);
    expect(error.message).toMatch(/^(User|Authentication|Internal server) error$/);
  });
});
