import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { App } from '../../app.ts';

const FOLDER = join(import.meta.dirname, 'page');
const OWN: Record<string, string> = {
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
};
const CLIENT = createRequire(import.meta.url).resolve('socket.io-client/dist/socket.io.js');

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** A page to try this dialect with, and the client that pages load from their server. */
export function pageRoutes(app: App, base: string): void {
  // Its addresses are relative to its folder.
  if (base !== '') app.get(base, (c) => c.redirect(`${base}/`, 301));
  app.get(`${base}/`, async (c) =>
    c.html(await readFile(join(FOLDER, 'page.html'), 'utf8'), 200, { 'Content-Security-Policy': CSP }),
  );
  for (const [file, type] of Object.entries(OWN)) {
    app.get(`${base}/${file}`, async (c) =>
      c.body(await readFile(join(FOLDER, file)), 200, { 'Content-Type': type }),
    );
  }
  app.get(`${base}/socket.io/socket.io.js`, async (c) =>
    c.body(await readFile(CLIENT), 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=86400',
      // Pages on other ports load it, as they always did.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    }),
  );
}
