import { type WebSocket, WebSocketServer } from 'ws';
import type { Chat } from '../../chat/chat.ts';
import { ChatError } from '../../chat/errors.ts';
import type { Face } from '../../chat/face.ts';
import type { Log } from '../../chat/log.ts';
import type { ClientAddresses } from '../client-address.ts';
import { coalesceWrites } from '../coalesce-writes.ts';
import { asRefusal } from '../errors.ts';
import type { OtherNodes } from '../other-nodes.ts';
import { writeRaw } from '../raw-answer.ts';
import type { SocketDoor } from '../socket-door.ts';
import type { Upgrade } from '../splice.ts';
import type { DialectSockets } from './dialect.ts';
import { Heartbeat } from './heartbeat.ts';

/** Close code for whoever was connected to a node that stops: their clients dial again. */
const GOING_AWAY = 1001;

/** Keeps a feed open until the first face that listens is there. */
const NOBODY: Face = { deliver() {} };

export interface DialectDoorOptions {
  readonly chat: Pick<Chat, 'feeds' | 'securityLog'>;
  readonly log: Log;
  readonly door: SocketDoor;
  readonly addresses: ClientAddresses;
  readonly otherNodes: Pick<OtherNodes, 'isPassedOn'>;
}

/** The sockets of one dialect, on whichever port they come in. */
export class DialectDoor {
  readonly #sockets: DialectSockets;
  readonly #options: DialectDoorOptions;
  readonly #server: WebSocketServer;
  readonly #heartbeat = new Heartbeat();
  readonly #live = new Set<WebSocket>();

  constructor(sockets: DialectSockets, options: DialectDoorOptions) {
    this.#sockets = sockets;
    this.#options = options;
    this.#server = new WebSocketServer({ noServer: true, maxPayload: sockets.maxFrameBytes });
  }

  /** `base` is in front of the path. Who may come in is the dialect's business, Origin included. */
  upgrade(upgrade: Upgrade, base: string): void {
    // Whoever hangs up while we look who they are; `ws` listens for itself later.
    upgrade.socket.on('error', () => {});
    this.#admit(upgrade, base).catch((error: unknown) => this.#refuse(upgrade, error));
  }

  /** For each socket the way to tell it that this node goes. */
  departures(): (() => void)[] {
    const own = [...this.#live].map((socket) => () => socket.close(GOING_AWAY));
    return [...own, ...(this.#sockets.departures?.() ?? [])];
  }

  close(): void {
    this.#heartbeat.close();
    for (const socket of this.#live) socket.terminate();
  }

  async #admit({ request, socket, head }: Upgrade, base: string): Promise<void> {
    const { chat, door, addresses, log, otherNodes } = this.#options;
    const [path = '', query = ''] = (request.url ?? '').slice(base.length).split('?', 2);
    // Without its query, which may hold what lets one in.
    log.debug({ path: base + path }, 'a socket');
    door.enter(request, socket, { passedOn: otherNodes.isPassedOn(request) });
    const admission = await this.#sockets.admit({
      base,
      path: path === '' ? '/' : path,
      query: new URLSearchParams(query),
      headers: request.headers,
      address: addresses.of(request) || undefined,
    });
    if (admission === undefined) throw new ChatError('not_found', 'no such socket');
    if (socket.destroyed) return;
    if ('takeOver' in admission) return admission.takeOver(request, socket, head);
    const { caller } = admission;
    const feed = caller && (await chat.feeds.attachToUser(caller.userId, NOBODY));
    try {
      if (!socket.destroyed) this.#open({ request, socket, head }, (client) => admission.enter(client));
    } finally {
      feed?.detach();
    }
  }

  #open({ request, socket, head }: Upgrade, enter: (client: WebSocket) => void): void {
    coalesceWrites(socket);
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#live.add(client);
      client.once('close', () => this.#live.delete(client));
      // A frame that is too large or broken closes the socket; nothing else is to be done about it.
      client.on('error', () => {});
      this.#heartbeat.add(client);
      enter(client);
    });
  }

  #refuse({ request, socket }: Upgrade, error: unknown): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const { chat, addresses } = this.#options;
    const refusal = asRefusal(error);
    if (refusal === undefined) this.#options.log.error({ err: error }, 'a socket could not be let in');
    const told = refusal ?? new ChatError('internal', 'something went wrong on our side');
    chat.securityLog.refused(told, { address: addresses.of(request), request: 'socket' });
    writeRaw(socket, told, this.#sockets.refuse(told));
  }
}
