import { isIPv6 } from 'node:net';

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** Whose an address is: an IPv4 address itself, of an IPv6 one its /64, all of which one customer has. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // As the URL standard writes it: shortened, in lower case, an IPv4 tail as two groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [front = '', back] = canonical.split('::').map((half) => half.split(':').filter((group) => group));
  const groups =
    back === undefined
      ? [...front]
      : [...front, ...new Array(GROUPS - front.length - back.length).fill('0'), ...back];
  return `${groups.slice(0, GROUPS_OF_NETWORK).join(':')}::/64`;
}
