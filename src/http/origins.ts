import type { Context, MiddlewareHandler } from 'hono';
import { ChatError } from '../chat/errors.ts';

export interface OriginsOptions {
  /** Whose pages may act here besides our own. */
  readonly allowed: readonly string[];
  /** Where people reach us, if that was said. */
  readonly publicUrl: string | undefined;
}

/**
 * Whose pages may act here. A browser says by `Origin` which page makes it ask, and no page can change that. A client
 * that is no browser does not say it, and is nobody's tool: it has only the secrets that it was given.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #public: URL | undefined;

  constructor({ allowed, publicUrl }: OriginsOptions) {
    this.#allowed = new Set(allowed);
    this.#public = publicUrl === undefined ? undefined : new URL(publicUrl);
  }

  isAllowed(origin: string | undefined): boolean {
    return origin !== undefined && this.#allowed.has(origin);
  }

  /** `host` as the request names us. Where we are known to be reached by https, a page by http is somebody else's. */
  isOurs(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || !URL.canParse(origin)) return false;
    const page = new URL(origin);
    return page.host === this.#public?.host ? origin === this.#public.origin : page.host === host;
  }

  mayAct(origin: string | undefined, host: string | undefined): boolean {
    return origin === undefined || this.isAllowed(origin) || this.isOurs(origin, host);
  }
}

export interface SiteRules {
  /** Where reading is more than reading, or what is read is for our own pages only. */
  readonly ownPagesOnly?: boolean;
  /** Reading changes something, and pages that may act may do that. */
  readonly readingToo?: boolean;
}

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * For every route where a cookie says who one is: whoever has it could otherwise be made to act by any page that they
 * visit. Nothing that acts may then be done by GET, unless it is for `ownPagesOnly`.
 */
export function refuseOtherSites(origins: Origins, rules: SiteRules = {}): MiddlewareHandler {
  return async (c, next) => {
    if (!isFromOurSite(c, origins, rules)) throw new ChatError('forbidden', 'not from another site');
    await next();
  };
}

function isFromOurSite(
  c: Context,
  origins: Origins,
  { ownPagesOnly = false, readingToo = ownPagesOnly }: SiteRules,
): boolean {
  if (!readingToo && SAFE_METHODS.includes(c.req.method)) return true;
  const [site, origin, host] = ['sec-fetch-site', 'origin', 'host'].map((name) => c.req.header(name));
  // Typed or bookmarked, which no page can do.
  if (site === 'same-origin' || site === 'none') return true;
  if (!ownPagesOnly && origins.isAllowed(origin)) return true;
  // Old browsers name the page only, and other clients nothing.
  return site === undefined && (origin === undefined || origins.isOurs(origin, host));
}
