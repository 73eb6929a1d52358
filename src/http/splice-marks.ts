import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Nodes' clocks may differ by this much. */
const GOOD_FOR_MS = 5 * 60_000;
const KEY_BYTES = 32;

/**
 * What a node writes on a socket that it passes on: only whoever knows the cluster's secret can. It holds for one
 * request to one node, and means that the socket is to stay there.
 */
export class SpliceMarks {
  readonly #key: Buffer;

  constructor(secret: Uint8Array) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'parlour splice', KEY_BYTES));
  }

  issue(processId: string, url: string): string {
    const until = Date.now() + GOOD_FOR_MS;
    return `${until}.${this.#mac(until, processId, url).toString('base64url')}`;
  }

  isGood(mark: string, processId: string, url: string): boolean {
    const [until = '', mac = ''] = mark.split('.', 2);
    const given = Buffer.from(mac, 'base64url');
    const expected = this.#mac(Number(until), processId, url);
    return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) > Date.now();
  }

  #mac(until: number, processId: string, url: string): Buffer {
    return createHmac('sha256', this.#key).update(`${until} ${processId} ${url}`).digest();
  }
}
