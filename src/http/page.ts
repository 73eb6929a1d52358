import type { Context } from 'hono';
import type { ChatError } from '../chat/errors.ts';

/** For pages that are plain forms: no script, no style, nothing from elsewhere, in nobody's frame. */
const PAGE_CSP = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export type PageStatus = 200 | 400 | 401 | 403 | 409 | 429 | 503;

export function showPage(
  c: Context,
  page: string | Promise<string>,
  status: PageStatus = 200,
): Response | Promise<Response> {
  return c.html(page, status, { 'Content-Security-Policy': PAGE_CSP, 'Cache-Control': 'no-store' });
}

export function showRefusal(
  c: Context,
  { retryAfter }: ChatError,
  page: string | Promise<string>,
  status: PageStatus,
): Response | Promise<Response> {
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter));
  return showPage(c, page, status);
}

/** Both are HTML already. */
export function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    ${body}
  </body>
</html>
`;
}
