import { html, raw } from 'hono/html';
import type { WebFiles } from './web-files.ts';

export interface WebPageOptions {
  readonly files: WebFiles;
  /** The path of PUBLIC_URL, which stands before ours: '' or '/chat'. */
  readonly base: string;
  /** The OpenID provider with whom people can sign in. Told here, as being asked for would mostly be refused. */
  readonly provider: string | undefined;
  /** Shown until the script runs, or instead of it: HTML already. */
  readonly body?: string | undefined;
}

/** The frame of the web client; everything in it comes from the script. */
export function webPage({ files, base, provider, body = LOADING }: WebPageOptions): string {
  const at = (entry: string): string => `${base}/assets/${files.get(entry)!.name}`;
  return `${html`<!doctype html>
<html lang="en" data-base="${base}"${provider === undefined ? '' : html` data-provider="${provider}"`}>
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="A chat server in which every conversation is a room.">
    <title>Parlour</title>
    <link rel="icon" type="image/svg+xml" href="${at('icon.svg')}">
    <link rel="stylesheet" href="${at('style.css')}">
    <script type="module" src="${at('main.js')}"></script>
  </head>
  <body>
    <div id="app">${raw(body)}</div>
  </body>
</html>
`}`;
}

/** The hint is shown by the style sheet after some seconds: while nodes change their version, a file may be missing. */
const LOADING = `<main class="loading"><p>Parlour</p><p class="loading-hint">This takes longer than it should.
      <a href="">Load the page again</a></p><noscript><p>The chat needs JavaScript.</p></noscript></main>`;

export interface WebPolicyOptions {
  /** Whether sockets go to nodes at addresses of their own. */
  readonly socketsElsewhere: boolean;
}

/** No script or style but our files, nothing from elsewhere, no text that becomes code. */
export function webPolicy({ socketsElsewhere }: WebPolicyOptions): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self'",
    `connect-src 'self'${socketsElsewhere ? ' ws: wss:' : ''}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
