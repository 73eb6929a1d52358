import type { Server } from 'node:http';
import type { Log } from './chat/log.ts';
import type { Config } from './config.ts';
import type { App } from './http/app.ts';
import { type DialectNeeds, type OpenDialect, portVariable, prefixOf } from './http/dialects/dialect.ts';
import { DialectDoor } from './http/dialects/dialect-sockets.ts';
import type { DialectEntry } from './http/dialects/index.ts';
import { createHttpServer, listen, patienceFor, stopListening } from './http/server.ts';
import type { SocketDoor } from './http/socket-door.ts';
import type { Upgrade } from './http/splice.ts';
import { listenProblem } from './start-problems.ts';

export interface DialectsOptions {
  readonly dialects: readonly DialectEntry[];
  readonly config: Pick<Config, 'port' | 'host' | 'dataDir' | 'dialectPorts' | 'media'>;
  readonly log: Log;
  readonly needs: DialectNeeds;
  readonly door: SocketDoor;
}

export interface OpenedDialects {
  /** Requests below a dialect's prefix are its own, all others the app's. */
  readonly fetch: App['fetch'];
  /** Takes the sockets below a dialect's prefix; answers whether it did. */
  upgrade(upgrade: Upgrade): boolean;
  /** Opens the ports that are a dialect's own; answers which. */
  listen(): Promise<readonly { readonly name: string; readonly port: number }[]>;
  stopListening(): void;
  /** The ways to tell each client that this node goes. */
  departures(): (() => void)[];
  close(): Promise<void>;
}

interface Mounted {
  readonly name: string;
  readonly prefix: string;
  readonly dialect: OpenDialect;
  readonly app: App;
  readonly door: DialectDoor | undefined;
}

/** The older servers' faces, below their prefixes and at the root of ports of their own. */
export async function openDialects(main: App, options: DialectsOptions): Promise<OpenedDialects> {
  const { dialects, needs, log, config } = options;
  const mounted = await Promise.all(
    dialects.map(async ({ name, load }) => mount(name, (await load()).open(needs), options)),
  );
  for (const { dialect } of mounted) await dialect.start?.();
  const servers: Server[] = [];
  const find = (path: string): Mounted | undefined =>
    mounted.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));

  async function open({ name, dialect, door }: Mounted, port: number): Promise<number> {
    const server = createHttpServer(dialect.createApp(''), log, patienceFor(config.media.uploadMs));
    server.on('upgrade', (request, socket, head) => {
      if (door) door.upgrade({ request, socket, head }, '');
      else socket.destroy();
    });
    servers.push(server);
    return listen(server, port, config.host).catch((error) => {
      throw listenProblem(error, { ...config, port }, portVariable(name));
    });
  }

  return {
    fetch: (request, ...rest) => (find(pathOf(request.url))?.app ?? main).fetch(request, ...rest),
    upgrade(upgrade) {
      const found = find((upgrade.request.url ?? '').split('?', 1)[0]!);
      found?.door?.upgrade(upgrade, found.prefix);
      return found?.door !== undefined;
    },
    async listen() {
      const opened = [];
      for (const each of mounted) {
        const port = config.dialectPorts[each.name];
        if (port !== undefined) opened.push({ name: each.name, port: await open(each, port) });
      }
      return opened;
    },
    stopListening() {
      for (const server of servers) void stopListening(server);
    },
    departures: () => mounted.flatMap(({ door }) => door?.departures() ?? []),
    async close() {
      for (const { door, dialect } of mounted) {
        door?.close();
        await dialect.close?.();
      }
    },
  };
}

function mount(name: string, dialect: OpenDialect, options: DialectsOptions): Mounted {
  const prefix = prefixOf(name);
  const { log, door, needs } = options;
  const { sockets } = dialect;
  return {
    name,
    prefix,
    dialect,
    app: dialect.createApp(prefix),
    door: sockets && new DialectDoor(sockets, { ...needs, log, door }),
  };
}

/** Without making a URL of it, as this is asked for every request of the whole server. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('?', start);
  return url.slice(start, end < 0 ? undefined : end);
}
