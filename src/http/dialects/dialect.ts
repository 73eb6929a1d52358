import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Caller } from '../../chat/authenticate.ts';
import type { Chat } from '../../chat/chat.ts';
import type { ChatError } from '../../chat/errors.ts';
import type { App } from '../app.ts';
import type { ClientAddresses } from '../client-address.ts';
import type { Origins } from '../origins.ts';
import type { OtherNodes } from '../other-nodes.ts';
import type { SocketDoor } from '../socket-door.ts';

/** An older chat server whose clients, unchanged, find here what they are used to. */
export interface Dialect {
  /** Once for a node. */
  open(needs: DialectNeeds): OpenDialect;
}

export interface DialectNeeds {
  readonly chat: Chat;
  readonly addresses: ClientAddresses;
  readonly origins: Origins;
  /** For whoever stays without a socket; sockets have come in by it already. */
  readonly door: SocketDoor;
  readonly otherNodes: OtherNodes;
  /** Whether people reach us by https: then cookies travel by nothing else. */
  readonly secure: boolean;
  /** How long a request for the next event waits for one. */
  readonly longPollMs: number;
  /** The switches that are on, of all dialects. */
  readonly switches: ReadonlySet<string>;
}

export interface OpenDialect {
  /** Its routes below `base`, which is its prefix on the main port and empty on its own. */
  createApp(base: string): App;
  readonly sockets?: DialectSockets;
  /** What must be there before the first client comes; every node of a cluster does it. */
  start?(): Promise<void>;
  /** Lets go of whoever waits for something. Its sockets are closed without it. */
  close?(): Promise<void>;
}

/** Somebody who asks for a socket. */
export interface Knock {
  /** In front of the path: the prefix, or nothing on a port of its own. */
  readonly base: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Where they ask from. */
  readonly address: string | undefined;
}

/** What happens to the socket once it is let in. */
export type Admission =
  | {
      /** Their feed is open before they are told that they are in: what is said from then on is never missed. */
      readonly caller?: Caller;
      /** Opens its `Line` at once. */
      enter(socket: WebSocket): void;
    }
  /** For a library that speaks its own protocol from the first byte. */
  | { takeOver(request: IncomingMessage, socket: Duplex, head: Buffer): void };

export interface DialectSockets {
  readonly maxFrameBytes: number;
  /** Asked before the upgrade. Throws what it refuses; undefined for an address that is no socket's. */
  admit(knock: Knock): Promise<Admission | undefined>;
  /** How a refusal is told before the upgrade: its status and its body, in the dialect's own form. */
  refuse(refusal: ChatError): { readonly status: number; readonly body: unknown };
  /** Of those that something took over: for each the way to tell it that this node goes. */
  departures?(): (() => void)[];
}

/** On the main port: `/chat-project`. */
export function prefixOf(name: string): string {
  return `/${name}`;
}

/** Of the port of its own: CHAT_PROJECT_PORT. */
export function portVariable(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}
