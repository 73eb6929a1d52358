import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { App } from '../app.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Its script can act for whoever is signed in, so nothing but that script may run, and text never becomes a page. */
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

export interface DialectPage {
  /** Holds `page.html`, where `{base}` stands for the prefix, and the files. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly base: string;
  /** Where the page is. */
  readonly at: readonly string[];
  /** In front of the names of its files. */
  readonly filesAt: string;
}

/** In front of each page's own. */
const LOOK = 'look.css';

/** A page of plain files, as they are in their folder. */
export function servePage(app: App, { folder, files, base, at, filesAt }: DialectPage): void {
  app.on('GET', [...at], async (c) => {
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    return c.html(page.replaceAll('{base}', base), 200, { 'Content-Security-Policy': CSP });
  });
  for (const path of [join(import.meta.dirname, LOOK), ...files.map((name) => join(folder, name))]) {
    const headers = { 'Content-Type': TYPES[extname(path)]!, 'Cache-Control': 'no-cache' };
    app.get(`${filesAt}${basename(path)}`, async (c) => c.body(await readFile(path, 'utf8'), 200, headers));
  }
}
