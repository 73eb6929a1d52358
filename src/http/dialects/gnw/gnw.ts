import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { App } from '../../app.ts';
import { STATUS_OF } from '../../errors.ts';
import { refuseOtherSites } from '../../origins.ts';
import { createDialectApp } from '../app.ts';
import type { Admission, Dialect, DialectNeeds, Knock, OpenDialect } from '../dialect.ts';
import { MAX_DIALECT_FRAME_BYTES } from '../limits.ts';
import { accountRoutes } from './accounts.ts';
import { conversationRoutes } from './conversations.ts';
import { friendRoutes } from './friends.ts';
import { Kit } from './kit.ts';
import { pageRoutes } from './page.ts';
import { SocketIo } from './socket-io.ts';
import { createTeller } from './tell.ts';
import { admitWebSocket } from './web-socket.ts';

const SOCKET_IO = ['/socket.io', '/socket.io/'];
const WEB_SOCKET = ['/ws', '/ws/'];

export const gnw: Dialect = { open };

function open(needs: DialectNeeds): OpenDialect {
  const { chat, origins, switches } = needs;
  const teller = createTeller(chat);
  const socketIo = new SocketIo(needs, teller);

  function createApp(base: string): App {
    const app = createDialectApp(needs, {
      base,
      refuse: (c, { message }, status) => c.json({ error: message }, status),
      readsItself: (_method, path) => SOCKET_IO.includes(path),
    });
    const routes: App = new Hono();
    routes.use(refuseOtherSites(origins));
    const kit = new Kit({ app: routes, chat, base, tokenInBody: switches.has('GNW_TOKEN_IN_BODY') });
    accountRoutes(kit);
    friendRoutes(kit);
    conversationRoutes(kit);
    routes.on(['GET', 'POST'], SOCKET_IO, async (c) => {
      await socketIo.poll(c.env.incoming, c.env.outgoing as ServerResponse);
      return RESPONSE_ALREADY_SENT;
    });
    app.route(base || '/', routes);
    pageRoutes(app, base);
    return app;
  }

  async function admit(knock: Knock): Promise<Admission | undefined> {
    const { path } = knock;
    if (!SOCKET_IO.includes(path) && !WEB_SOCKET.includes(path)) return undefined;
    // A browser brings the cookie along, whoever's page it is that asks.
    socketIo.requireAllowed(knock);
    if (WEB_SOCKET.includes(path)) return admitWebSocket(chat, teller, knock);
    return { takeOver: (request, socket, head) => socketIo.takeOver(request, socket, head) };
  }

  return {
    createApp,
    sockets: {
      maxFrameBytes: MAX_DIALECT_FRAME_BYTES,
      admit,
      refuse: ({ code, message }) => ({ status: STATUS_OF[code], body: { error: message } }),
      departures: () => socketIo.departures(),
    },
    async close() {
      socketIo.close();
    },
  };
}
