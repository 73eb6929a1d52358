import { type Context, Hono } from 'hono';
import { frontPage } from './front-page.ts';
import type { WebFile, WebFiles } from './web-files.ts';
import { webPage, webPolicy } from './web-page.ts';

/** What the address bar may show while the client runs; the client's own router knows what each is. */
export const WEB_PATHS = [
  '/',
  '/sign-in',
  '/sign-in/code',
  '/sign-up',
  '/forgot-password',
  '/c/:id',
  '/c/:id/:part',
  '/people',
  '/people/:part',
  '/new-group',
  '/settings',
  '/settings/:part',
  '/admin',
  '/admin/:part',
] as const;

const A_YEAR = 365 * 24 * 60 * 60;

export interface WebClientOptions {
  /** Settles with undefined if there is none to hand out. */
  readonly files: () => Promise<WebFiles | undefined>;
  readonly publicUrl: () => string;
  /** The OpenID provider with whom people can sign in. */
  readonly provider: string | undefined;
  readonly socketsElsewhere: boolean;
}

/** Shows the client, with something plain inside until its script runs; undefined if there is no client. */
export type ShowWebClient = (c: Context, body?: string) => Promise<Response | undefined>;

export function showWebClient({
  files,
  publicUrl,
  provider,
  socketsElsewhere,
}: WebClientOptions): ShowWebClient {
  const policy = webPolicy({ socketsElsewhere });
  return async (c, body) => {
    const made = await files();
    if (made === undefined) return undefined;
    const base = new URL(publicUrl()).pathname.replace(/\/$/, '');
    return c.html(webPage({ files: made, base, provider, body }), 200, {
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
    });
  };
}

/** The page at `/` and its files. */
export function webClient({ files }: Pick<WebClientOptions, 'files'>, show: ShowWebClient): Hono {
  const app = new Hono();
  for (const path of WEB_PATHS) app.get(path, async (c) => (await show(c)) ?? frontPage(c));
  app.get('/assets/:name', async (c) => {
    const made = await files();
    const file = [...(made?.values() ?? [])].find(({ name }) => name === c.req.param('name'));
    return file === undefined ? c.notFound() : sendAsset(c, file);
  });
  return app;
}

function sendAsset(c: Context, file: WebFile): Response {
  const encoding = (['br', 'gzip'] as const).find((each) => accepts(c, each));
  return c.body(new Uint8Array(file[encoding ?? 'plain']), 200, {
    'Content-Type': file.type,
    'Cache-Control': `public, max-age=${A_YEAR}, immutable`,
    Vary: 'Accept-Encoding',
    ...(encoding !== undefined && { 'Content-Encoding': encoding }),
  });
}

function accepts(c: Context, encoding: string): boolean {
  const offered = c.req.header('accept-encoding')?.split(',') ?? [];
  return offered.some((each) => {
    const [name, ...parameters] = each.split(';').map((part) => part.trim());
    return name === encoding && !parameters.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}
