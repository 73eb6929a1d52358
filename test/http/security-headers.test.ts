import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;
let setCookie: string;
beforeAll(async () => {
  server = await startTestServer({ config: { admins: ['root'], publicUrl: 'https://chat.example.org' } });
  await server.signUp('root');
  const signedIn = await fetch(`${server.url}/monitor/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ username: 'root', password: PASSWORD }),
  });
  setCookie = signedIn.headers.getSetCookie()[0]!;
  cookie = setCookie.split(';')[0]!;
});
afterAll(() => server.stop());

/** Each directive with its sources. */
function parsePolicy(policy: string): Map<string, string[]> {
  return new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
}

const PAGES = [
  ['the front page', '/', 200],
  ['the docs', '/docs', 200],
  ['the page behind a link to verify', '/email/verify?token=x', 200],
  ['the page behind a link to reset', '/password/reset?token=x', 200],
  ['signing in to the monitor', '/monitor', 401],
  ['the monitor', '/monitor/', 200],
  ['signing out of it', '/monitor/sign-out', 200],
] as const;

describe('every page', () => {
  it.each(PAGES)('%s runs only what is ours, in nobody’s frame', async (_name, path, status) => {
    const headers: Record<string, string> = status === 401 ? {} : { cookie };
    const page = await fetch(server.url + path, { headers, redirect: 'manual' });
    expect([page.status, page.headers.get('content-type')?.toLowerCase()]).toEqual([
      status,
      expect.stringMatching(/^text\/html/),
    ]);
    const policy = parsePolicy(page.headers.get('content-security-policy') ?? '');
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    const known = ["'none'", "'self'", "'script'", "'unsafe-inline'", 'data:', 'blob:'];
    for (const [directive, sources] of policy) {
      expect({ directive, foreign: sources.filter((source) => !known.includes(source)) }).toEqual({
        directive,
        foreign: [],
      });
    }
    expect(policy.get('script-src') ?? []).not.toContain("'unsafe-inline'");
    expect(policy.get('script-src') ?? []).not.toContain('data:');
    expect(["'none'", "'self'"]).toContain((policy.get('form-action') ?? ["'none'"])[0]);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(page.headers.get('permissions-policy')).toContain('camera=()');
    // What a page may not do it does not try: no script or style in the page itself.
    const html = await page.text();
    if (!policy.has('script-src')) expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
    else expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/);
  });
});

describe('every answer', () => {
  it.each<[string, string, string]>([
    ...PAGES.map(([name, path]): [string, string, string] => [name, 'GET', path]),
    ['the description of the API', 'GET', '/api/v1/openapi.json'],
    ['an account', 'GET', '/api/v1/me'],
    ['a route that is not there', 'GET', '/nowhere'],
    ['a method that is not there', 'PUT', '/health'],
    ['a body that is too large', 'POST', '/api/v1/accounts'],
    ['a seat', 'POST', '/matchmake/joinOrCreate/inbox'],
    ['the metrics', 'GET', '/metrics'],
    ['a script of the docs', 'GET', '/docs/start.js'],
    ['a preflight', 'OPTIONS', '/api/v1/me'],
    ['the panel’s call', 'GET', '/monitor/api'],
  ])('says how browsers are to treat it: %s', async (name, method, path) => {
    const body = name.startsWith('a body') ? 'x'.repeat(70_000) : undefined;
    const { headers } = await fetch(server.url + path, { method, body: body ?? null, redirect: 'manual' });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('cache-control')).toMatch(/no-store|max-age/);
    expect(headers.has('x-powered-by') || headers.has('server')).toBe(false);
  });

  it('with an account or its tokens is kept nowhere', async () => {
    const { headers } = await server.api('POST', '/sessions', { username: 'root', password: PASSWORD });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('with a cookie keeps it from scripts, from other sites, and from plain http', () => {
    expect(setCookie).toMatch(/^__Secure-parlour_monitor=\S{40,};/);
    expect(setCookie.split('; ')).toEqual(
      expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/monitor']),
    );
  });
});

describe('a server that is not behind https', () => {
  it('says nothing of https and sets cookies that work without', async () => {
    await server.stop();
    server = await startTestServer({ config: { admins: ['root'] } });
    await server.signUp('root');
    const answer = await fetch(`${server.url}/monitor/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ username: 'root', password: PASSWORD }),
    });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^parlour_monitor=/);
    expect(answer.headers.getSetCookie()[0]).not.toMatch(/Secure/);
    expect(answer.headers.has('strict-transport-security')).toBe(false);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
