import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { ChatError } from '../../../chat/errors.ts';
import { newToken } from '../../../chat/tokens.ts';
import { MAX_JSON_MS } from '../../app.ts';
import type { Destination } from '../../other-nodes.ts';
import { answerRaw } from '../../raw-answer.ts';
import { type DialectNeeds, type Knock, prefixOf } from '../dialect.ts';
import { MAX_DIALECT_FRAME_BYTES } from '../limits.ts';
import { NAMESPACE_MS } from './limits.ts';
import { SocketIoClient } from './socket-io-client.ts';
import { Stay } from './stay.ts';
import type { Teller } from './tell.ts';

/** As the original's library had them, and told its clients. */
const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 5_000;

const PATH = '/socket.io';
const SID_BYTES = 15;

type Connection = Socket['conn'];

/** The original's Socket.IO 2, and what its newer clients speak. */
export class SocketIo {
  readonly #needs: DialectNeeds;
  readonly #io: Server;
  readonly #connections = new Set<Connection>();
  /** Sockets of what began on another node. */
  readonly #passedOn = new Set<Duplex>();
  /** By the request that begins it. */
  readonly #stays = new WeakMap<IncomingMessage, Stay>();

  constructor(needs: DialectNeeds, teller: Teller) {
    const { chat, addresses, origins, otherNodes } = needs;
    this.#needs = needs;
    // The server that it wants never listens: requests are handed to it.
    this.#io = new Server(createServer(), {
      allowEIO3: true,
      serveClient: false,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      connectTimeout: NAMESPACE_MS,
      maxHttpBufferSize: MAX_DIALECT_FRAME_BYTES,
      // What different people say would be made smaller together, and its length would tell of it.
      httpCompression: false,
      perMessageDeflate: false,
      cors: {
        origin: (origin, tell) => tell(null, origins.isAllowed(origin)),
        credentials: true,
      },
    });
    const { engine } = this.#io;
    engine.generateId = () => `${otherNodes.here}.${newToken(SID_BYTES)}`;
    engine.on('connection', (connection: Connection) => this.#onConnection(connection));
    this.#io.on('connection', (socket) => {
      const address = addresses.of(socket.request) || undefined;
      new SocketIoClient({ chat, teller, socket, address });
    });
  }

  /** Long polling. A client stays as long as it asks again, and counts as a socket for as long. */
  async poll(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = queryOf(request);
    this.#requireAllowed(request, query);
    const elsewhere = this.#elsewhere(request, query);
    if (elsewhere && (await this.#needs.otherNodes.passOn(request, response, elsewhere))) return;
    if (!query.has('sid')) {
      const stay = new Stay();
      this.#needs.door.enter(request, stay);
      this.#stays.set(request, stay);
      response.once('close', () => stay.begun || stay.end());
    }
    if (request.method === 'POST') {
      const tooSlow = setTimeout(() => request.destroy(), MAX_JSON_MS);
      for (const event of ['end', 'close']) request.once(event, () => clearTimeout(tooSlow));
    }
    for (const [name, value] of HEADERS) response.setHeader(name, value);
    this.#io.engine.handleRequest(request, response);
  }

  /** It has come in by the door already. */
  takeOver(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const elsewhere = this.#elsewhere(request, queryOf(request));
    if (!elsewhere) {
      this.#io.engine.handleUpgrade(request, socket, head);
      return;
    }
    this.#passedOn.add(socket);
    socket.once('close', () => this.#passedOn.delete(socket));
    this.#needs.otherNodes.passOnSocket({ request, socket, head }, elsewhere).then(
      (passedOn) => passedOn || this.#io.engine.handleUpgrade(request, socket, head),
      () => answerRaw(socket, new ChatError('unavailable', 'the other node does not answer; try again')),
    );
  }

  /** What began on another node goes on there; its id says which one. */
  #elsewhere(request: IncomingMessage, query: URLSearchParams): Destination | undefined {
    const { otherNodes } = this.#needs;
    const [node, rest] = query.get('sid')?.split('.', 2) ?? [];
    if (node === undefined || rest === undefined || node === otherNodes.here) return undefined;
    if (otherNodes.isPassedOn(request)) return undefined;
    // Below the prefix of the main port, on whichever port it came in here.
    const { url = '' } = request;
    return { node, url: prefixOf('gnw') + url.slice(url.indexOf(PATH)) };
  }

  requireAllowed({ headers, query }: Pick<Knock, 'headers' | 'query'>): void {
    this.#requireAllowed({ headers }, query);
  }

  /**
   * Without the word by which a client would think that it is not wanted here. Who polls and does not ask at this very
   * moment cannot be told, and finds out.
   */
  departures(): (() => void)[] {
    const own = [...this.#connections].map((connection) => () => {
      const { name, writable } = connection.transport;
      connection.close(name === 'polling' && !writable);
    });
    return [...own, ...[...this.#passedOn].map((socket) => () => void socket.destroy())];
  }

  close(): void {
    this.#io.engine.close();
  }

  #onConnection(connection: Connection): void {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    const stay = this.#stays.get(connection.request);
    stay?.begin(connection);
  }

  #requireAllowed({ headers }: Pick<IncomingMessage, 'headers'>, query: URLSearchParams): void {
    const { origin, host, 'sec-fetch-site': site } = headers;
    const named = origin !== undefined || site === undefined || site === 'same-origin' || site === 'none';
    if (!named || !this.#needs.origins.mayAct(origin, host))
      throw new ChatError('forbidden', 'not from another site');
    // Polling by script elements: any page could read it.
    if (query.has('j')) throw new ChatError('bad_request', 'no JSONP');
  }
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.split('?', 2)[1]);
}

const HEADERS = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
] as const;
