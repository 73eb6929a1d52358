import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who asks, as far as addresses tell: set for every request, empty only without a socket. */
    clientAddress: string;
  }
}

/** More hops than anybody has; what a client invents may be longer. */
const MAX_HOPS = 20;

type Asking = Pick<IncomingMessage, 'headers'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Whose address a request comes from. Every proxy adds the address that it saw to the end of X-Forwarded-For, and
 * what stands before that anybody may have written. So it is read from its end, for as long as proxies of ours
 * are speaking.
 */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** Addresses and networks (`10.0.0.0/8`). */
  constructor(trustedProxies: readonly string[]) {
    for (const proxy of trustedProxies) {
      const [network = '', bits] = proxy.split('/', 2);
      const family = isIPv4(network) ? 'ipv4' : 'ipv6';
      if (bits === undefined) this.#trusted.addAddress(network, family);
      else this.#trusted.addSubnet(network, Number(bits), family);
    }
  }

  /** `passedOn`: it carries the mark of a node of ours, which speaks the truth as proxies do. */
  of({ headers, socket }: Asking, { passedOn = false } = {}): string {
    const hops = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .slice(-MAX_HOPS);
    let address = readAddress(socket.remoteAddress ?? '') ?? '';
    let believe = passedOn || this.#isTrusted(address);
    while (believe) {
      const before = readAddress(hops.pop() ?? '');
      if (before === undefined) break;
      address = before;
      believe = this.#isTrusted(address);
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    return address !== '' && this.#trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
}

export function tellClientAddress(
  addresses: ClientAddresses,
): MiddlewareHandler<{ Bindings: Partial<HttpBindings> }> {
  return async (c, next) => {
    const incoming = c.env?.incoming as IncomingMessage | undefined;
    c.set('clientAddress', incoming === undefined ? '' : addresses.of(incoming));
    await next();
  };
}

/** Undefined when there is no socket. */
export function clientAddress(c: Context): string | undefined {
  return c.get('clientAddress') || undefined;
}

/** As proxies write them: with a port or a zone, in brackets, an IPv4 address inside an IPv6 one. */
function readAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(bare) === 0 ? undefined : bare;
}
