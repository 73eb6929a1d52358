import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/chat/address.ts';
import { MAX_COUNTED } from '../../src/chat/limits.ts';
import { RateLimits } from '../../src/chat/rate-limits.ts';
import { parseRates } from '../../src/chat/rates.ts';

const ALICE = { account: 'alice', address: '203.0.113.7', device: 'phone' };
const BOB = { account: 'bob', address: '203.0.113.8', device: 'tablet' };

/** Limits with a clock that stands still until it is moved. */
function limitsOf(rates: string) {
  let now = 1_000_000;
  const limits = new RateLimits(parseRates(rates), { now: () => now });
  return { limits, pass: (ms: number) => (now += ms) };
}

const refused = (seconds: number) => expect.objectContaining({ code: 'rate_limited', retryAfter: seconds });

describe('a limit', () => {
  it('lets through what is allowed at once, then refuses and says when it is worth coming back', () => {
    const { limits, pass } = limitsOf('message.account=3/m');
    for (let times = 0; times < 3; times++) limits.take('message', ALICE);
    expect(() => limits.take('message', ALICE)).toThrow(refused(20));
    pass(19_999);
    expect(() => limits.take('message', ALICE)).toThrow(refused(1));
    pass(1);
    limits.take('message', ALICE);
    expect(() => limits.take('message', ALICE)).toThrow(refused(20));
  });

  it('does not grow by being refused, and is whole again after a pause', () => {
    const { limits, pass } = limitsOf('message.account=2/s');
    for (let times = 0; times < 2; times++) limits.take('message', ALICE);
    for (let times = 0; times < 50; times++) expect(() => limits.take('message', ALICE)).toThrow(refused(1));
    pass(1_000);
    for (let times = 0; times < 2; times++) limits.take('message', ALICE);
    expect(() => limits.take('message', ALICE)).toThrow();
  });

  it('is one for each kind of thing and for each who asks', () => {
    const { limits } = limitsOf('message.account=1/h,typing.device=1/h');
    limits.take('message', ALICE);
    limits.take('typing', ALICE);
    limits.take('message', BOB);
    expect(() => limits.take('message', { ...ALICE, device: 'another' })).toThrow();
    limits.take('typing', { ...ALICE, device: 'another' });
  });

  it('counts nothing anywhere when one of several refuses', () => {
    const { limits } = limitsOf('search.account=1/h,search.address=2/h');
    limits.take('search', ALICE);
    for (let times = 0; times < 5; times++) expect(() => limits.take('search', ALICE)).toThrow();
    limits.take('search', { ...BOB, address: ALICE.address });
    expect(() => limits.take('search', { account: 'carol', address: ALICE.address })).toThrow();
  });

  it('takes all addresses that one customer has for one', () => {
    const { limits } = limitsOf('sign-up.address=1/h');
    limits.take('sign-up', { address: '2001:db8:1:2::1' });
    expect(() => limits.take('sign-up', { address: '2001:DB8:1:2:ffff::9' })).toThrow();
    limits.take('sign-up', { address: '2001:db8:1:3::1' });
  });

  it('asks nothing of what is not known, and nothing at all when limits are off', () => {
    const { limits } = limitsOf('search.account=1/h,search.address=off');
    for (let times = 0; times < 5; times++) limits.take('search', { address: ALICE.address });
    const off = new RateLimits(parseRates('off'));
    for (let times = 0; times < 10_000; times++) off.take('sign-up', ALICE);
  });

  it('forgets early rather than remember without end, and never whoever asked last', () => {
    const { limits } = limitsOf('sign-up.address=1/h');
    for (let n = 0; n <= MAX_COUNTED; n++) limits.take('sign-up', { address: `stranger ${n}` });
    expect(() => limits.take('sign-up', { address: `stranger ${MAX_COUNTED}` })).toThrow();
    limits.take('sign-up', { address: 'stranger 0' });
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:DB8:0:0:1::', '2001:db8:0:0::/64'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
