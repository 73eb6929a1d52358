import { isIPv4, isIPv6 } from 'node:net';

/**
 * Where somebody is, as far as we keep it: the network, not the address. It is enough to know one's own places by,
 * and less of a trail than addresses would be. Null for what is no address.
 */
export function placeOf(address: string | undefined): string | null {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return null;
  // What it begins with, before the zeros that are left out; the URL knows the one way to write it.
  const [head = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = [...head.split(':').filter((group) => group !== ''), '0', '0', '0'].slice(0, 3);
  return `${groups.join(':')}::/48`;
}
