import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { App } from '../../app.ts';
import { servePage } from '../page.ts';

const CLIENT = createRequire(import.meta.url).resolve('socket.io-client/dist/socket.io.js');

/** A page to try this dialect with, and the client that pages load from their server. */
export function pageRoutes(app: App, base: string): void {
  // Its addresses are relative to its folder.
  if (base !== '') app.get(base, (c) => c.redirect(`${base}/`, 301));
  servePage(app, {
    folder: join(import.meta.dirname, 'page'),
    files: ['page.js', 'page.css'],
    base,
    at: [`${base}/`],
    filesAt: `${base}/`,
  });
  app.get(`${base}/socket.io/socket.io.js`, async (c) =>
    c.body(await readFile(CLIENT), 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=86400',
      // Pages on other ports load it, as they always did.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    }),
  );
}
