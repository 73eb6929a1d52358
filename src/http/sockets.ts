import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setLogger } from '@colyseus/core/Logger';
import { WebSocketTransport } from '@colyseus/ws-transport';
import type { Log } from '../chat/log.ts';
import { coalesceWrites } from './coalesce-writes.ts';

/** The largest message that a client may send in one frame. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Every 20 s and after two silent ones: a phone that sleeps for half a minute keeps its connection. */
const PING_INTERVAL_MS = 20_000;
const PING_RETRIES = 2;

const ROOM_PATH = /^\/[\w-]+\/[\w-]+$/;
const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export interface Sockets {
  /** Settles when nobody is connected any more. */
  allGone(): Promise<void>;
  /** Cuts whoever is still connected. */
  close(): void;
}

/** Lets Colyseus' clients in at `/{processId}/{roomId}?sessionId=…`; every other upgrade is refused. */
export function attachSockets(server: Server, log: Log): Sockets {
  setLogger(colyseusLog(log));
  const transport = new WebSocketTransport({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingMaxRetries: PING_RETRIES,
  });
  transport.attachToServer(server, { filter: isForRoom });
  const open = new Set<Duplex>();
  let gone: PromiseWithResolvers<void> | undefined;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    if (isForRoom(request)) {
      open.add(socket);
      coalesceWrites(socket);
      socket.once('close', () => {
        open.delete(socket);
        if (open.size === 0) gone?.resolve();
      });
      return;
    }
    socket.on('error', () => {});
    socket.end(NOT_FOUND, () => socket.destroy());
  });
  return {
    async allGone() {
      if (open.size === 0) return;
      gone ??= Promise.withResolvers();
      await gone.promise;
    },
    close() {
      transport.shutdown();
      for (const socket of open) socket.destroy();
    },
  };
}

function isForRoom({ url = '' }: IncomingMessage): boolean {
  const [path = '', query] = url.split('?', 2);
  return ROOM_PATH.test(path) && new URLSearchParams(query).has('sessionId');
}

/**
 * Colyseus prints a stack for whatever a room or a socket throws: a refusal of ours, a client that breaks the
 * protocol. Those are everyday; the rest is a fault.
 */
function colyseusLog(log: Log) {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (first: unknown) => {
    const text = first instanceof Error ? (first.stack ?? first.message) : String(first);
    const everyday =
      /^(ChatError|RangeError: (Max payload|Invalid WebSocket)|Max payload|Invalid WebSocket)/.test(text);
    log[everyday ? 'debug' : level]({ from: 'colyseus' }, text);
  };
  return {
    debug: write('debug'),
    trace: write('debug'),
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}
