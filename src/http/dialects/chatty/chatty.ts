import type { App } from '../../app.ts';
import { refuseOtherSites } from '../../origins.ts';
import { createDialectApp } from '../app.ts';
import { type Dialect, type DialectNeeds, type OpenDialect, prefixOf } from '../dialect.ts';
import { accountRoutes } from './accounts.ts';
import { adminOnly, adminRoutes } from './admin.ts';
import { ServerBot } from './bot.ts';
import { chatRoutes } from './chats.ts';
import { loginRoutes } from './logins.ts';
import { pageRoutes } from './page.ts';
import { pollRoute } from './poll.ts';
import { refuse } from './refusal.ts';
import { loggedOnly } from './visitors.ts';

/** chatty-server 0.2.0: JSON, a cookie, and one event for each request that waits for one. */
export const chatty: Dialect = {
  open(needs: DialectNeeds): OpenDialect {
    const { chat, origins, longPollMs: waitMs } = needs;
    const bot = new ServerBot(chat);
    const closing = new AbortController();
    return {
      createApp(base): App {
        const app = createDialectApp(needs, { base, refuse, optionsStatus: 200 });
        app.use(refuseOtherSites(origins));
        accountRoutes(app, chat, base, prefixOf('chatty'));
        // An event is taken by reading it.
        app.use(
          `${base}/api/loggedonly/*`,
          refuseOtherSites(origins, { readingToo: true }),
          loggedOnly(chat),
        );
        loginRoutes(app, needs, base);
        chatRoutes(app, chat, base, bot);
        pollRoute(app, chat, base, { waitMs, closing: closing.signal });
        app.use(`${base}/api/adminonly/*`, loggedOnly(chat), adminOnly(chat));
        adminRoutes(app, chat, base, bot);
        pageRoutes(app, base);
        return app;
      },
      start: () => bot.start(),
      async close() {
        closing.abort();
      },
    };
  },
};
