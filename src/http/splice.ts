import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long the other node may take to accept the connection, and to say its first word. */
const CONNECT_MS = 2_000;
const FIRST_WORD_MS = 10_000;
/** A living node pings its clients more often than this. */
const SILENCE_MS = 90_000;

/** Carries the mark of a node that passes a socket on (see `SpliceMarks`). */
export const SPLICE_HEADER = 'x-parlour-splice';

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent already after its request. */
  readonly head: Buffer;
}

/**
 * Joins a client's socket to another node, byte for byte: that node's answer to the upgrade, a refusal too, is the
 * answer that the client gets. Rejects when the node cannot be reached; nothing has been said to the client then.
 */
export async function splice(upgrade: Upgrade, address: string, mark: string): Promise<void> {
  const { request, socket, head } = upgrade;
  const target = await reach(address);
  if (socket.destroyed) {
    target.destroy();
    return;
  }
  const giveUp = (): void => {
    target.destroy();
  };
  target.setTimeout(FIRST_WORD_MS, giveUp);
  target.once('data', () => target.setTimeout(SILENCE_MS));
  target.once('close', () => socket.destroy());
  socket.once('close', giveUp);
  target.write(requestHead(request, mark));
  if (head.length > 0) target.write(head);
  socket.pipe(target);
  target.pipe(socket);
}

async function reach(address: string): Promise<Socket> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const target = connect({ host, port: Number(address.slice(colon + 1)), noDelay: true });
  // What goes wrong later ends in `close`, which is listened to.
  target.on('error', () => {});
  try {
    await once(target, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
  } catch (error) {
    target.destroy();
    throw new Error(`the node at ${address} cannot be reached`, { cause: error });
  }
  return target;
}

/** The request as the client wrote it, with the mark, and with where it came from as proxies say it. */
function requestHead({ method, url, rawHeaders, socket }: IncomingMessage, mark: string): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  const from: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index]!, rawHeaders[index + 1]!];
    if (name.toLowerCase() === 'x-forwarded-for') from.push(value);
    else if (name.toLowerCase() !== SPLICE_HEADER) lines.push(`${name}: ${value}`);
  }
  from.push(socket.remoteAddress ?? 'unknown');
  lines.push(`X-Forwarded-For: ${from.join(', ')}`, `${SPLICE_HEADER}: ${mark}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
