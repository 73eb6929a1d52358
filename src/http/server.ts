import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { App } from './app.ts';

/** Slow clients may take this long for their headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than the usual balancer's, so that it is never us who closes a connection it is about to use. */
const KEEP_ALIVE_MS = 75_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** `uploadMs`: the longest that any request may take to come in. */
export function createHttpServer(app: App, uploadMs: number): Server {
  // Our own process shares its globals with others' code: leave `Request` and `Response` as they are.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: HEADERS_TIMEOUT_MS + uploadMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    listener,
  );
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
