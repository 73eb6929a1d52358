import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ChatError } from '../../chat/errors.ts';
import { type App, logRequests, MAX_JSON_BYTES, MAX_JSON_MS, PREFLIGHT_SECONDS } from '../app.ts';
import { tellClientAddress } from '../client-address.ts';
import { RETRY_AFTER, refusalOf, STATUS_OF } from '../errors.ts';
import { limitBody } from '../limit-body.ts';
import { allowedMethods } from '../not-found.ts';
import { securityHeaders } from '../security-headers.ts';
import type { DialectNeeds } from './dialect.ts';

export interface DialectAppOptions {
  readonly base: string;
  /** A refusal in the dialect's own form; `status` is what our own API would answer. */
  readonly refuse: (c: Context, refusal: ChatError, status: ContentfulStatusCode) => Response;
  /** Whether a slash at the end of a path makes it another one. */
  readonly slashMatters?: boolean;
  /** Bodies of requests that nothing else is said about. */
  readonly maxBytes?: number;
  /** Headers that its clients send besides the usual ones; pages of other origins may send no others. */
  readonly allowHeaders?: readonly string[];
  /** Of what answers OPTIONS; 204 without it. */
  readonly optionsStatus?: 200;
  /** What reads its body by itself, within limits of its own. The path is without the prefix. */
  readonly readsItself?: (method: string, path: string) => boolean;
}

/**
 * An app with what every dialect needs and none should think of: the log, the headers, the limits, and refusals that
 * are told in its own form. What is no refusal is our fault, and stays inside.
 */
export function createDialectApp(needs: DialectNeeds, options: DialectAppOptions): App {
  const { chat, addresses, origins, secure } = needs;
  const { base, refuse, allowHeaders = [], maxBytes = MAX_JSON_BYTES, optionsStatus } = options;
  const { readsItself = () => false } = options;
  const app: App = new Hono({ strict: options.slashMatters ?? true });
  const tell = (c: Context, refusal: ChatError, status: ContentfulStatusCode = STATUS_OF[refusal.code]) => {
    const retryAfter = refusal.retryAfter?.toString() ?? RETRY_AFTER[refusal.code];
    if (retryAfter !== undefined) c.header('Retry-After', retryAfter);
    return refuse(c, refusal, status);
  };
  app.onError((error, c) => tell(c, refusalOf(error, c, chat)));
  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0 || allowed.includes(c.req.method))
      return tell(c, new ChatError('not_found', 'no such route'));
    c.header('Allow', allowed.join(', '));
    return tell(c, new ChatError('bad_request', `Method "${c.req.method}" not allowed.`), 405);
  });
  app.use(logRequests(chat.log));
  app.use(securityHeaders({ secure }));
  app.use(tellClientAddress(addresses));
  if (optionsStatus !== undefined) app.on('OPTIONS', '*', answerOptionsWith(optionsStatus));
  app.use(
    cors({
      // Some of these servers let in whatever page asked, cookies and all; that is what we do not do as they did.
      origin: (origin) => (origins.isAllowed(origin) ? origin : null),
      credentials: true,
      allowHeaders: ['Authorization', 'Content-Type', 'X-CSRF-Token', ...allowHeaders],
      exposeHeaders: ['Retry-After'],
      maxAge: PREFLIGHT_SECONDS,
    }),
  );
  const except = (method: string, path: string): boolean => readsItself(method, path.slice(base.length));
  app.use(limitBody({ maxBytes, maxMs: MAX_JSON_MS, except }));
  return app;
}

function answerOptionsWith(status: number): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.res.status === 204) c.res = new Response(null, { status, headers: c.res.headers });
  };
}
