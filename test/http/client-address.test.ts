import { describe, expect, it } from 'vitest';
import { ClientAddresses } from '../../src/http/client-address.ts';

const CLIENT = '203.0.113.7';
const PROXY = '10.0.0.2';
const STRANGER = '198.51.100.1';

/** What a server takes for the client's address. */
function seen(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly string[] = ['10.0.0.0/8', '2001:db8:f::/48', '::1'],
  passedOn = false,
): string {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return new ClientAddresses(trusted).of({ headers, socket: { remoteAddress: peer } }, { passedOn });
}

describe('the address of a client', () => {
  it('is the one that the connection comes from, whatever a header says', () => {
    expect(seen(CLIENT, undefined, [])).toBe(CLIENT);
    expect(seen(CLIENT, STRANGER, [])).toBe(CLIENT);
    expect(seen(CLIENT, STRANGER)).toBe(CLIENT);
  });

  it('is what a trusted proxy saw', () => {
    expect(seen(PROXY, CLIENT)).toBe(CLIENT);
    expect(seen(PROXY, `${CLIENT}, 10.9.9.9`)).toBe(CLIENT);
    expect(seen('::1', '2001:db8:1::5, 2001:db8:f::1')).toBe('2001:db8:1::5');
  });

  it('is not what a client wrote before the proxy added what it saw', () => {
    expect(seen(PROXY, `${STRANGER}, ${CLIENT}`)).toBe(CLIENT);
    expect(seen(PROXY, `${PROXY}, ${STRANGER}, ${CLIENT}`)).toBe(CLIENT);
  });

  it('is the last one that can be believed when the header is missing or holds nonsense', () => {
    expect(seen(PROXY, undefined)).toBe(PROXY);
    expect(seen(PROXY, 'unknown')).toBe(PROXY);
    expect(seen(PROXY, `${CLIENT}, _hidden, 10.0.0.3`)).toBe('10.0.0.3');
    expect(seen(undefined, CLIENT)).toBe('');
  });

  it('is what a node that passed the socket on saw, and no more', () => {
    expect(seen('172.16.0.9', CLIENT, [], false)).toBe('172.16.0.9');
    expect(seen('172.16.0.9', CLIENT, [], true)).toBe(CLIENT);
    expect(seen('172.16.0.9', `${STRANGER}, ${CLIENT}`, [], true)).toBe(CLIENT);
    expect(seen('172.16.0.9', `${CLIENT}, ${PROXY}`, [PROXY], true)).toBe(CLIENT);
  });

  it.each([
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:5123', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is read from %s too', (written, address) => {
    expect(seen(PROXY, written)).toBe(address);
  });
});
