import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../chat/key-ring.ts';

/** Nodes' clocks may differ by this much. */
const GOOD_FOR_MS = 5 * 60_000;

/**
 * What a node writes on a socket that it passes on: only whoever knows one of the cluster's secrets can. It holds for one
 * request to one node, and means that the socket is to stay there.
 */
export class SpliceMarks {
  readonly #keys: readonly Buffer[];

  constructor(keys: Pick<KeyRing, 'derive'>) {
    this.#keys = keys.derive('parlour splice');
  }

  issue(processId: string, url: string): string {
    const until = Date.now() + GOOD_FOR_MS;
    return `${until}.${mac(this.#keys[0]!, until, processId, url).toString('base64url')}`;
  }

  isGood(mark: string, processId: string, url: string): boolean {
    const [until = '', signature = ''] = mark.split('.', 2);
    const given = Buffer.from(signature, 'base64url');
    const ours = this.#keys.some((key) => {
      const expected = mac(key, Number(until), processId, url);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return ours && Number(until) > Date.now();
  }
}

function mac(key: Buffer, until: number, processId: string, url: string): Buffer {
  return createHmac('sha256', key).update(`${until} ${processId} ${url}`).digest();
}
