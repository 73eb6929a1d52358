import { join } from 'node:path';
import { servePage } from '../page.ts';
import type { Routes } from './routes.ts';

/** A chat in one page, where the old server had its own: for people who come with a browser and nothing else. */
export function pageRoutes({ app, base, at }: Routes): void {
  servePage(app, {
    folder: join(import.meta.dirname, 'page'),
    files: ['page.css', 'page.js', 'server.js', 'chat-list.js', 'conversation.js'],
    base,
    at: base === '' ? ['/'] : at(''),
    filesAt: `${base}/page/`,
  });
}
