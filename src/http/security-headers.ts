import type { MiddlewareHandler } from 'hono';

const HSTS_SECONDS = 365 * 24 * 60 * 60;

/** For whatever does not say better: what is no page of ours does nothing when a browser shows it as one. */
const EVERYWHERE = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const ON_PAGES = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()',
};

/** `secure`: people reach us by https, and should never try it otherwise. */
export function securityHeaders({ secure }: { readonly secure: boolean }): MiddlewareHandler {
  const everywhere = Object.entries({
    ...EVERYWHERE,
    ...(secure && { 'Strict-Transport-Security': `max-age=${HSTS_SECONDS}` }),
  });
  const onPages = Object.entries(ON_PAGES);
  return async (c, next) => {
    await next();
    const isPage = c.res.headers.get('content-type')?.startsWith('text/html') ?? false;
    for (const [name, value] of isPage ? [...everywhere, ...onPages] : everywhere) {
      if (!c.res.headers.has(name)) c.header(name, value);
    }
  };
}
