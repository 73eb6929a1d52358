import { createRouter, Room } from '@colyseus/core';
import { monitor } from '@colyseus/monitor';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isAdmin } from '../chat/admins.ts';
import { authenticate, type Caller } from '../chat/authenticate.ts';
import type { Chat } from '../chat/chat.ts';
import { endSession } from '../chat/end-session.ts';
import { ChatError } from '../chat/errors.ts';
import type { NewSession } from '../chat/sign-in-as.ts';
import { TOKEN_SECONDS } from '../chat/tokens.ts';
import { getUserOrFail } from '../chat/user-lookup.ts';
import { bearerToken } from './api/kit.ts';
import { clientAddress } from './client-address.ts';
import { cookieName } from './cookie-name.ts';
import { PANEL_CSP, signInPage, signOutPage } from './monitor-pages.ts';
import { monitorSignIn } from './monitor-sign-in.ts';
import { type Origins, refuseOtherSites } from './origins.ts';
import { showPage } from './page.ts';

const PREFIX = '/monitor';

/**
 * What may be called in a room: the panel would call anything, by GET. Editing its state is not among it, for
 * a room only shows what the database holds.
 */
const CALLABLE = ['disconnect', 'broadcast', '_forceClientDisconnect', '_sendMessageToClient'];

/** The panel's own way gives no reason, whereupon the SDK takes it for an accident and comes right back. */
Object.assign(Room.prototype, {
  _forceClientDisconnect(this: Room, sessionId: string): void {
    this.kickClient(sessionId);
  },
});

export interface MonitorOptions {
  /** Whether people reach us by https: then the cookie travels by nothing else. */
  readonly secure: boolean;
  readonly origins: Origins;
}

interface MonitorEnv {
  Variables: { caller: Caller };
}

/** Colyseus' panel of rooms, for admins, from its own pages only. */
export function monitorPanel(chat: Chat, { secure, origins }: MonitorOptions): Hono<MonitorEnv> {
  const panel = createRouter({ ...monitor({ prefix: PREFIX }) });
  const name = cookieName('parlour_monitor', { secure });
  const cookie = { httpOnly: true, sameSite: 'Strict', path: PREFIX, secure } as const;
  const app = new Hono<MonitorEnv>();
  app.use(refuseOtherSites(origins, { ownPagesOnly: true }));
  app.use('/api/*', refuseTyped);

  const welcome = async (c: Context, { user, session }: NewSession): Promise<Response> => {
    const token = await chat.tokens.issue('monitor', { userId: user.id, sessionId: session.id });
    setCookie(c, name, token, { ...cookie, maxAge: TOKEN_SECONDS.monitor });
    return c.redirect(`${PREFIX}/`, 303);
  };
  app.route('/', monitorSignIn(chat, welcome));

  app.use(async (c, next) => {
    try {
      c.set('caller', await admitAdmin(chat, c, getCookie(c, name)));
    } catch (error) {
      const isPage = c.req.method === 'GET' && /^\/monitor\/?$/.test(c.req.path);
      if (isPage && error instanceof ChatError && error.code === 'unauthenticated')
        return showPage(c, signInPage(), 401);
      throw error;
    }
    await next();
  });

  app.get('/sign-out', (c) => showPage(c, signOutPage(), 200));
  app.post('/sign-out', async (c) => {
    const caller = c.get('caller');
    await endSession(chat, caller, caller.sessionId);
    deleteCookie(c, name, cookie);
    return c.redirect(PREFIX, 303);
  });
  // The panel finds its files relative to the address, so the slash matters.
  app.get('/', (c) => c.redirect(`${PREFIX}/`, 302));
  app.get('/api/room/call', async (c) => {
    if (!CALLABLE.includes(c.req.query('method') ?? '')) throw new ChatError('forbidden', 'not from here');
    return show(c, panel.handler);
  });
  app.get('/*', (c) => show(c, panel.handler));
  return app;
}

/** The panel's calls act by GET: not from an address that somebody was talked into typing. */
const refuseTyped: MiddlewareHandler = async (c, next) => {
  if (c.req.header('sec-fetch-site') === 'none') throw new ChatError('forbidden', 'not from the address bar');
  await next();
};

async function admitAdmin(chat: Chat, c: Context, cookie: string | undefined): Promise<Caller> {
  const bearer = bearerToken(c.req.header('authorization'));
  const address = clientAddress(c);
  const caller =
    bearer === undefined
      ? await authenticate(chat, cookie, { purpose: 'monitor', address })
      : await authenticate(chat, bearer, { address });
  const user = await getUserOrFail(chat.database.em.fork(), caller.userId);
  if (!isAdmin(chat, user)) throw new ChatError('forbidden', 'for admins only');
  return caller;
}

async function show(c: Context, handler: (request: Request) => Promise<Response>): Promise<Response> {
  const response = await handler(c.req.raw);
  const headers = new Headers(response.headers);
  headers.delete('connection');
  headers.set('Content-Security-Policy', PANEL_CSP);
  return new Response(response.body, { status: response.status, headers });
}
