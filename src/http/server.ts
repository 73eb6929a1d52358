import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { ChatError } from '../chat/errors.ts';
import type { Log } from '../chat/log.ts';
import type { App } from './app.ts';
import { errorBody, STATUS_OF } from './errors.ts';
import { answerRaw } from './raw-answer.ts';

/** Slow clients may take this long for their headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often it is looked who has taken too long. */
const TIMEOUT_CHECK_MS = 2_000;
/** Longer than the usual balancer's, so that it is never us who closes a connection it is about to use. */
const KEEP_ALIVE_MS = 75_000;
export const MAX_HEADER_BYTES = 16 * 1024;

/** What the app's answers have besides is set there. */
const JSON_HEADERS = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' };

export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkMs: number;
}

/** Uploads may take the longest; everything else that has a body is cut off earlier where the body is read. */
export function patienceFor(uploadMs: number): Patience {
  return {
    headersMs: HEADERS_TIMEOUT_MS,
    requestMs: HEADERS_TIMEOUT_MS + uploadMs,
    checkMs: TIMEOUT_CHECK_MS,
  };
}

export function createHttpServer(app: Pick<App, 'fetch'>, log: Log, patience: Patience): Server {
  const listener = getRequestListener(app.fetch, {
    // Our own process shares its globals with others' code: leave `Request` and `Response` as they are.
    overrideGlobalObjects: false,
    errorHandler: (error) => answerUnreadable(error, log),
  });
  const server = createServer(
    {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.checkMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Asked for by the listener above, which answers in the form of the API.
      requireHostHeader: false,
      // `curl --http2` and others only offer to: they are answered as they asked.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    listener,
  );
  server.on('clientError', refuseUnparsed);
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const refusal = new ChatError('bad_request', 'nothing but 100-continue can be expected');
    const body = JSON.stringify(errorBody(refusal));
    response.writeHead(417, {
      ...JSON_HEADERS,
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    });
    response.end(body);
  });
  return server;
}

/** What did not even become a request: a host that is none, an address that is none. */
function answerUnreadable(error: unknown, log: Log): Response {
  const isTheirs = error instanceof RequestError;
  if (!isTheirs) log.error({ err: error }, 'a request failed');
  const refusal = isTheirs
    ? new ChatError('bad_request', 'the address or the host is not valid')
    : new ChatError('internal', 'something went wrong on our side');
  return Response.json(errorBody(refusal), { status: STATUS_OF[refusal.code], headers: JSON_HEADERS });
}

/** What Node's parser refuses, by its code; whatever else it is, it is no HTTP. */
const UNPARSED: Readonly<Record<string, readonly [number, ChatError]>> = {
  HPE_HEADER_OVERFLOW: [431, new ChatError('too_large', `the headers may have ${MAX_HEADER_BYTES} bytes`)],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, new ChatError('too_large', 'the request is larger than it may be')],
  ERR_HTTP_REQUEST_TIMEOUT: [408, new ChatError('bad_request', 'the request took too long to arrive')],
};
const NO_HTTP = [400, new ChatError('bad_request', 'this is not HTTP as we know it')] as const;

function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  const begun = (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent ?? false;
  if (begun || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, refusal] = UNPARSED[error.code ?? ''] ?? NO_HTTP;
  answerRaw(socket, refusal, status);
}

/** Settles with the port once it accepts connections. */
export function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** No new connections from now on; the promise settles when the last one has gone. */
export function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  return closed;
}
