import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** Who is at the other end of the connection. What a request says about itself is not asked. */
export function clientAddress(c: Context): string | undefined {
  return getConnInfo(c).remote.address;
}
