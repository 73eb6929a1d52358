import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Routes } from './routes.ts';

const FOLDER = join(import.meta.dirname, 'page');

const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'server.js': 'text/javascript; charset=utf-8',
  'chat-list.js': 'text/javascript; charset=utf-8',
  'conversation.js': 'text/javascript; charset=utf-8',
} as const;

/** Its script can read what signs people in, so nothing but that script may run, and text never becomes a page. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** A chat in one page, where the old server had its own: for people who come with a browser and nothing else. */
export function pageRoutes({ app, base, at }: Routes): void {
  app.on('GET', base === '' ? ['/'] : at(''), async (c) => {
    const page = await readFile(join(FOLDER, 'page.html'), 'utf8');
    return c.html(page.replaceAll('{base}', base), 200, { 'Content-Security-Policy': CSP });
  });
  for (const [name, type] of Object.entries(TYPES)) {
    app.get(`${base}/page/${name}`, async (c) =>
      c.body(await readFile(join(FOLDER, name), 'utf8'), 200, {
        'Content-Type': type,
        'Cache-Control': 'no-cache',
      }),
    );
  }
}
