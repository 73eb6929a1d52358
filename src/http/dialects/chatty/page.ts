import { join } from 'node:path';
import type { App } from '../../app.ts';
import { servePage } from '../page.ts';

/** A chat in one page, where the old server had its front end: for people who come with a browser and nothing else. */
export function pageRoutes(app: App, base: string): void {
  servePage(app, {
    folder: join(import.meta.dirname, 'page'),
    files: ['page.css', 'page.js', 'server.js', 'line.js', 'chats.js', 'chat-list.js', 'log.js', 'panel.js'],
    base,
    at: base === '' ? ['/'] : [base, `${base}/`],
    filesAt: `${base}/page/`,
  });
}
