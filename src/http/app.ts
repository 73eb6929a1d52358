import type { HttpBindings } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Chat } from '../chat/chat.ts';
import type { Log } from '../chat/log.ts';
import { createV1 } from './api/index.ts';
import { isUpload } from './api/media.ts';
import { type ClientAddresses, tellClientAddress } from './client-address.ts';
import { docs } from './docs.ts';
import { onError } from './errors.ts';
import { health, type Readiness } from './health.ts';
import { limitBody } from './limit-body.ts';
import { mailPages } from './mail-pages.ts';
import { matchmaking } from './matchmaking.ts';
import { monitorPanel } from './monitor.ts';
import { answerNotFound } from './not-found.ts';
import type { Origins } from './origins.ts';
import type { Reseat } from './route-socket.ts';
import { securityHeaders } from './security-headers.ts';
import { securityTxt } from './security-txt.ts';
import { showWebClient, webClient } from './web-client.ts';
import type { WebFiles } from './web-files.ts';

/** The largest JSON that anybody sends us: some thousand characters of text, a list of members. */
export const MAX_JSON_BYTES = 64 * 1024;
/** The server as a whole waits longer, for uploads. */
export const MAX_JSON_MS = 30_000;
export const PREFLIGHT_SECONDS = 600;

export type App = Hono<{ Bindings: HttpBindings }>;

export interface AppOptions {
  readonly chat: Chat;
  readonly readiness: Readiness;
  readonly reseat: Reseat;
  readonly addresses: ClientAddresses;
  readonly origins: Origins;
  /** Whether people reach us by https: then cookies travel by nothing else. */
  readonly secure: boolean;
  /** The web client; settles with undefined if it could not be made. */
  readonly webFiles: () => Promise<WebFiles | undefined>;
  /** Whether sockets go to nodes at addresses of their own. */
  readonly socketsElsewhere: boolean;
  /** Opens the measurements; undefined leaves them to admins. */
  readonly metricsToken: string | undefined;
  /** Where to report what is wrong with the server's security. */
  readonly securityContact: string | undefined;
}

/** Everything that is reached by plain HTTP. */
export function createApp(options: AppOptions): App {
  const { chat, readiness, reseat, addresses, origins, secure, webFiles, socketsElsewhere } = options;
  const app: App = new Hono();
  app.onError(onError(chat));
  app.notFound((c) => answerNotFound(app, c));

  app.use(logRequests(chat.log));
  app.use(securityHeaders({ secure }));
  app.use(tellClientAddress(addresses));
  const allowed = cors({
    origin: (origin) => (origins.isAllowed(origin) ? origin : null),
    // The SDK asks with credentials. Of the cookies under these paths one binds a sign-in elsewhere to its browser; the
    // other, our own page's, is taken from that page only.
    credentials: true,
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Retry-After'],
    maxAge: PREFLIGHT_SECONDS,
  });
  app.use('/api/*', allowed);
  app.use('/matchmake/*', allowed);
  app.use(limitBody({ maxBytes: MAX_JSON_BYTES, maxMs: MAX_JSON_MS, except: isUpload }));

  const show = showWebClient({
    files: webFiles,
    publicUrl: chat.publicUrl,
    provider: chat.identityProvider?.name,
    socketsElsewhere,
  });
  app.route('/', webClient({ files: webFiles }, show));
  app.route('/', securityTxt(options.securityContact));
  const healthRoutes = health(chat, readiness, options.metricsToken);
  app.route('/', healthRoutes);
  app.route('/api/v1', healthRoutes);
  app.route('/api/v1', createV1(chat, { origins, secure }));
  app.get('/docs/', (c) => c.redirect('/docs', 301));
  app.route('/docs', docs('/api/v1/openapi.json'));
  app.route('/', mailPages(chat, show));
  app.route('/matchmake', matchmaking({ chat, readiness, reseat, origins }));
  app.route('/monitor', monitorPanel(chat, { secure, origins }));
  return app;
}

export function logRequests(log: Log): MiddlewareHandler {
  return async (c, next) => {
    const started = performance.now();
    await next();
    const ms = Math.round(performance.now() - started);
    // The path only: a query may hold what is nobody else's business.
    log.debug({ method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request');
  };
}
