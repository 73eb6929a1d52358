import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/chat/place.ts';

describe('the place of somebody', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:12:34:5:6:7:8', '2001:db8:12::/48'],
    ['2001:DB8:12::1', '2001:db8:12::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['64:ff9b::203.0.113.77', '64:ff9b:0::/48'],
  ])('is the network of %s: %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });

  it.each([undefined, '', 'unknown', '300.1.1.1', 'example.org', '2001:db8::1::2'])(
    'is unknown for %s',
    (address) => {
      expect(placeOf(address)).toBeNull();
    },
  );
});
