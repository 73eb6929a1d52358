import { isIP } from 'node:net';
import type { NatsCredentials, NatsServer } from './nats-servers.ts';

/** How long one server may take to accept us. */
const CONNECT_MS = 3_000;

/** What the way to a server needs beside its URL. */
export interface NatsAccess {
  /** For the servers whose URL carries none. */
  readonly credentials?: NatsCredentials;
  /** Paths of PEM files. Given, `nats://` means TLS too. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** What NATS calls this connection in its lists. */
  readonly name?: string;
}

/** What we say to nats.js' `connect`, in its words. */
export interface ConnectOptions {
  readonly servers: string;
  readonly name: string;
  readonly noEcho: boolean;
  readonly reconnect: boolean;
  readonly timeout: number;
  readonly noAsyncTraces: boolean;
  readonly resolve: boolean;
  readonly token?: string;
  readonly user?: string;
  readonly pass?: string;
  readonly tls?: { caFile?: string; certFile?: string; keyFile?: string; servername?: string; host?: string };
}

export function connectionOptions(server: NatsServer, access: NatsAccess): ConnectOptions {
  const credentials = server.credentials ?? access.credentials;
  const { host, port } = server;
  const address = host.replace(/^\[|\]$/g, '');
  // Otherwise nats.js checks the certificate of a server known by its address as if it were `localhost`.
  const identity = isIP(address) === 0 ? { servername: host } : { host: address };
  return {
    servers: `${host}:${port}`,
    name: access.name ?? 'parlour',
    noEcho: true,
    reconnect: false,
    timeout: CONNECT_MS,
    noAsyncTraces: true,
    // The system's own look-up knows the hosts file; nats.js' asks only DNS.
    resolve: false,
    ...(credentials === undefined
      ? {}
      : 'token' in credentials
        ? { token: credentials.token }
        : { user: credentials.user, pass: credentials.password }),
    ...(server.tls || access.tls !== undefined ? { tls: { ...access.tls, ...identity } } : {}),
  };
}

const EXPLANATIONS: Record<string, string> = {
  CONNECTION_REFUSED: 'connection refused',
  AUTHORIZATION_VIOLATION: 'it refuses this user, password or token',
  TIMEOUT: `no answer within ${CONNECT_MS / 1_000} s`,
  SERVER_OPT_NA: 'it does not offer TLS',
};

/** One line for the person who looks for NATS. */
export function explain(error: Error & { code?: string; chainedError?: Error }): string {
  const { code = '', message, chainedError } = error;
  return EXPLANATIONS[code] ?? (chainedError?.message || message || code || 'the connection ended');
}
