import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { ChatError } from '../chat/errors.ts';

/** What the adapter takes instead of reading the request itself. */
interface WithRawBody {
  rawBody?: Buffer;
}

export interface BodyLimits {
  readonly maxBytes: number;
  /** From here on: the headers have a time of their own. */
  readonly maxMs: number;
  /** What reads its body by itself, within limits of its own. */
  readonly except: (method: string, path: string) => boolean;
}

/**
 * Reads the body here and at most this much of it, whatever length it claims. Hono's own limit makes a second
 * `Request` of the adapter's light one, which works only when the adapter has replaced the global classes.
 */
export function limitBody({
  maxBytes,
  maxMs,
  except,
}: BodyLimits): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    // Asked without a socket, there is no stream to keep in check.
    const incoming = c.env?.incoming as (IncomingMessage & WithRawBody) | undefined;
    if (incoming === undefined || except(c.req.method, c.req.path)) return next();
    const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
    if (Number(length) > maxBytes) throw tooLarge(maxBytes);
    if (encoding !== undefined || Number(length) > 0)
      incoming.rawBody = await read(incoming, maxBytes, maxMs);
    await next();
  };
}

async function read(incoming: IncomingMessage, maxBytes: number, maxMs: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let deadline: NodeJS.Timeout | undefined;
  // Not `for await`: leaving that early would destroy the connection before the refusal is sent.
  await new Promise<void>((resolve, reject) => {
    deadline = setTimeout(() => reject(new ChatError('bad_request', 'the request came too slowly')), maxMs);
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        reject(tooLarge(maxBytes));
      } else chunks.push(chunk);
    });
    incoming.once('end', resolve);
    const endedEarly = (): void => reject(new ChatError('bad_request', 'the request ended early'));
    incoming.once('error', endedEarly);
    // Comes after 'end' too, and an error costs a stack trace.
    incoming.once('close', () => incoming.readableEnded || endedEarly());
  }).finally(() => clearTimeout(deadline));
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): ChatError {
  return new ChatError('too_large', `a request may have ${maxBytes} bytes`);
}
