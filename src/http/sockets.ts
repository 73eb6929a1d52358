import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { matchMaker } from '@colyseus/core';
import { setLogger } from '@colyseus/core/Logger';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { ChatError, type ErrorCode } from '../chat/errors.ts';
import type { Log } from '../chat/log.ts';
import type { SecurityLog } from '../chat/security-log.ts';
import type { ClientAddresses } from './client-address.ts';
import { coalesceWrites } from './coalesce-writes.ts';
import { colyseusLog } from './colyseus-log.ts';
import type { Nodes } from './nodes.ts';
import type { Origins } from './origins.ts';
import { answerRaw } from './raw-answer.ts';
import { type Reseat, readSocketAddress, routeSocket, type SocketAddress } from './route-socket.ts';
import type { SocketDoor } from './socket-door.ts';
import { SPLICE_HEADER, splice, type Upgrade } from './splice.ts';
import type { SpliceMarks } from './splice-marks.ts';

/** The largest message that a client may send in one frame. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Every 20 s and after two silent ones: a phone that sleeps for half a minute keeps its connection. */
const PING_INTERVAL_MS = 20_000;
const PING_RETRIES = 2;

export interface SocketsOptions {
  readonly log: Log;
  readonly securityLog: SecurityLog;
  readonly addresses: ClientAddresses;
  readonly door: SocketDoor;
  readonly nodes: Nodes;
  readonly marks: SpliceMarks;
  readonly reseat: Reseat;
  readonly origins: Origins;
  /** Takes upgrades that are not for rooms; answers whether it did. */
  readonly elsewhere: (upgrade: Upgrade) => boolean;
}

export interface Sockets {
  /** Those that are passed on to other nodes: the ways to end them. */
  splices(): (() => void)[];
  close(): void;
}

/**
 * Lets Colyseus' clients in at `/{processId}/{roomId}?sessionId=…`, wherever that room is; every other upgrade is
 * refused.
 */
export function attachSockets(server: Server, options: SocketsOptions): Sockets {
  const { log, door, marks, origins } = options;
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
  const spliced = new Set<Duplex>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (options.elsewhere({ request, socket, head })) return;
    // Whoever hangs up while we look for the room; `ws` listens for itself later.
    socket.on('error', () => {});
    // Without its query, which holds what opens the room.
    log.debug({ path: request.url?.split('?', 1)[0] }, 'a socket');
    const address = readSocketAddress(request.url ?? '');
    if (address === undefined) return refuse(socket, 'not_found', 'no such room');
    const passedOn = request.headers[SPLICE_HEADER] !== undefined;
    // Somebody else's mark, or meant for whoever had this address before us.
    if (passedOn && !isMarked(request)) return forbid(request, socket, 'not passed on by a node of ours');
    // Before the upgrade: a page of another site gets no socket, whatever token it holds.
    if (!origins.mayAct(request.headers.origin, request.headers.host))
      return forbid(request, socket, 'not from another site');
    try {
      door.enter(request, socket, { passedOn });
    } catch (error) {
      if (error instanceof ChatError) return answerRaw(socket, error);
      throw error;
    }
    socket.once('close', () => spliced.delete(socket));
    pass({ request, socket, head }, passedOn ? undefined : address).catch((error: unknown) => {
      log.warn({ err: error, roomId: address.roomId }, 'a socket could not be brought to its room');
      refuse(socket, 'unavailable', 'the room cannot be reached; try again');
    });
  });

  function isMarked({ url = '', headers }: IncomingMessage): boolean {
    return marks.isGood(String(headers[SPLICE_HEADER]), matchMaker.processId, url);
  }

  function forbid(request: IncomingMessage, socket: Duplex, message: string): void {
    const refusal = new ChatError('forbidden', message);
    options.securityLog.refused(refusal, { address: options.addresses.of(request), request: 'socket' });
    answerRaw(socket, refusal);
  }

  /** Without an address it stays here. */
  async function pass(upgrade: Upgrade, address: SocketAddress | undefined): Promise<void> {
    const { request, socket, head } = upgrade;
    const elsewhere = address && (await routeSocket(address, options));
    if (socket.destroyed) return;
    if (elsewhere !== undefined) {
      spliced.add(socket);
      return await splice(upgrade, elsewhere.address, marks.issue(elsewhere.processId, request.url ?? ''));
    }
    coalesceWrites(socket);
    inner.emit('upgrade', request, socket, head);
  }

  return {
    splices: () => [...spliced].map((socket) => () => void socket.destroy()),
    close() {
      transport.shutdown();
      inner.emit('close');
    },
  };
}

function refuse(socket: Duplex, code: ErrorCode, message: string): void {
  answerRaw(socket, new ChatError(code, message));
}
