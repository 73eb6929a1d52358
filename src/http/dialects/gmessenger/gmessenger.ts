import type { App } from '../../app.ts';
import { refuseOtherSites } from '../../origins.ts';
import { createDialectApp } from '../app.ts';
import type { Dialect, DialectNeeds, OpenDialect } from '../dialect.ts';
import { accountRoutes } from './accounts.ts';
import { chatRoutes } from './chats.ts';
import { groupRoutes } from './groups.ts';
import { historyRoutes } from './history.ts';
import { lastSeenRoutes } from './last-seen.ts';
import { pageRoutes } from './page.ts';
import { refuse } from './refusals.ts';
import { relayRoutes } from './relay.ts';
import type { Routes } from './routes.ts';
import { openSockets } from './sockets.ts';
import { Visits } from './visits.ts';

/** As its clients were allowed to send them. */
const HEADERS = ['Accept', 'Content-Length', 'Accept-Encoding'];

export const gmessenger: Dialect = { open };

function open(needs: DialectNeeds): OpenDialect {
  const { chat, origins, secure } = needs;
  const visits = new Visits(chat);

  function createApp(base: string): App {
    const app = createDialectApp(needs, { base, refuse, allowHeaders: HEADERS, optionsStatus: 200 });
    const at = (...paths: string[]): string[] => paths.flatMap((path) => [base + path, `${base}${path}/`]);
    const routes: Routes = { app, chat, visits, base, secure, at };
    // Links from everywhere lead to the page. All else is done or told by the cookie: reading marks as read.
    pageRoutes(routes);
    app.use(refuseOtherSites(origins, { readingToo: true }));
    for (const add of [accountRoutes, chatRoutes, historyRoutes, groupRoutes, lastSeenRoutes, relayRoutes])
      add(routes);
    return app;
  }

  return {
    createApp,
    sockets: openSockets(needs),
    async close() {
      visits.close();
    },
  };
}
