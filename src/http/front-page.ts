import type { Context } from 'hono';

const PAGE = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Parlour</title></head>
  <body>
    <h1>Parlour</h1>
    <p>A chat server in which every conversation is a room. It runs, but without its web client: the log says why.</p>
    <ul>
      <li><a href="/docs">The HTTP API</a></li>
      <li><a href="/monitor">The rooms</a>, for admins</li>
      <li><a href="/ready">Is it ready?</a></li>
    </ul>
  </body>
</html>
`;

/** Stands in for the web client when that could not be made. */
export function frontPage(c: Context): Response | Promise<Response> {
  return c.html(PAGE, 200, {
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  });
}
