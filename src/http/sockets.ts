import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { matchMaker } from '@colyseus/core';
import { setLogger } from '@colyseus/core/Logger';
import { WebSocketTransport } from '@colyseus/ws-transport';
import type { Log } from '../chat/log.ts';
import { coalesceWrites } from './coalesce-writes.ts';
import { colyseusLog } from './colyseus-log.ts';
import type { Readiness } from './health.ts';
import type { Nodes } from './nodes.ts';
import { type Reseat, readSocketAddress, routeSocket, type SocketAddress } from './route-socket.ts';
import { SPLICE_HEADER, splice, type Upgrade } from './splice.ts';
import type { SpliceMarks } from './splice-marks.ts';

/** The largest message that a client may send in one frame. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Every 20 s and after two silent ones: a phone that sleeps for half a minute keeps its connection. */
const PING_INTERVAL_MS = 20_000;
const PING_RETRIES = 2;

export interface SocketsOptions {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly nodes: Nodes;
  readonly marks: SpliceMarks;
  readonly reseat: Reseat;
}

export interface Sockets {
  /** Those that are passed on to other nodes: the ways to end them. */
  splices(): (() => void)[];
  /** Settles when nobody is connected any more. */
  allGone(): Promise<void>;
  /** Cuts whoever is still connected. */
  close(): void;
}

/**
 * Lets Colyseus' clients in at `/{processId}/{roomId}?sessionId=…`, wherever that room is; every other upgrade is
 * refused.
 */
export function attachSockets(server: Server, options: SocketsOptions): Sockets {
  const { log, readiness, marks } = options;
  setLogger(colyseusLog(log));
  const transport = new WebSocketTransport({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingMaxRetries: PING_RETRIES,
  });
  // It never listens: Colyseus is handed only the sockets whose room is here.
  const inner = createServer();
  transport.attachToServer(inner);
  const open = new Set<Duplex>();
  const spliced = new Set<Duplex>();
  let gone: PromiseWithResolvers<void> | undefined;

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Whoever hangs up while we look for the room; `ws` listens for itself later.
    socket.on('error', () => {});
    const address = readSocketAddress(request.url ?? '');
    if (address === undefined) return refuse(socket, '404 Not Found');
    if (!readiness.accepting) return refuse(socket, '503 Service Unavailable');
    open.add(socket);
    socket.once('close', () => {
      spliced.delete(socket);
      open.delete(socket);
      if (open.size === 0) gone?.resolve();
    });
    pass({ request, socket, head }, address).catch((error: unknown) => {
      log.warn({ err: error, roomId: address.roomId }, 'a socket could not be brought to its room');
      refuse(socket, '503 Service Unavailable');
    });
  });

  async function pass(upgrade: Upgrade, address: SocketAddress): Promise<void> {
    const { request, socket, head } = upgrade;
    const url = request.url ?? '';
    const mark = request.headers[SPLICE_HEADER];
    if (mark !== undefined) {
      // Somebody else's, or meant for whoever had this address before us.
      if (!marks.isGood(String(mark), matchMaker.processId, url)) return refuse(socket, '403 Forbidden');
    } else {
      const elsewhere = await routeSocket(address, options);
      if (socket.destroyed) return;
      if (elsewhere !== undefined) {
        spliced.add(socket);
        return await splice(upgrade, elsewhere.address, marks.issue(elsewhere.processId, url));
      }
    }
    coalesceWrites(socket);
    inner.emit('upgrade', request, socket, head);
  }

  return {
    splices: () => [...spliced].map((socket) => () => void socket.destroy()),
    async allGone() {
      if (open.size === 0) return;
      gone ??= Promise.withResolvers();
      await gone.promise;
    },
    close() {
      transport.shutdown();
      inner.emit('close');
      for (const socket of open) socket.destroy();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
