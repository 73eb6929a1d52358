export type NatsCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string };

export interface NatsServer {
  /** An IPv6 address keeps its brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly credentials: NatsCredentials | undefined;
}

const DEFAULT_PORT = 4222;

/**
 * Reads `nats://user:password@one:4222,tls://token@two`: servers of one cluster, each with a scheme (`nats://` when
 * it has none), a port (4222) and credentials of its own. What it complains about never names a password.
 */
export function parseNatsUrl(text: string): NatsServer[] {
  return text.split(',').map((part, index) => {
    const server = parseServer(part.trim());
    if (server !== undefined) return server;
    throw new Error(
      `server ${index + 1} in the NATS URL must look like nats://host:4222 or tls://user:password@host:4222 ` +
        '(in a password, write @ : / , and % as %40 %3A %2F %2C %25)',
    );
  });
}

function parseServer(text: string): NatsServer | undefined {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') return undefined;
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return undefined;
  try {
    return {
      host: url.hostname,
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      tls: url.protocol === 'tls:',
      credentials: credentialsOf(url),
    };
  } catch {
    // A % in the user or the password that encodes nothing.
    return undefined;
  }
}

/** As everywhere with NATS, a name without a password is a token. */
function credentialsOf(url: URL): NatsCredentials | undefined {
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  if (user === '') return undefined;
  return password === '' ? { token: user } : { user, password };
}
