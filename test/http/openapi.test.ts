import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';

/** What can be asked by who is not signed in. */
const OPEN = [
  'POST /accounts',
  'POST /accounts/guest',
  'POST /sessions',
  'POST /sessions/page',
  'POST /sessions/refresh',
  'POST /sessions/passcode',
  'POST /sessions/passcode/request',
  'POST /sessions/second-factor',
  'POST /sessions/second-factor/passkey',
  'POST /sessions/passkey',
  'POST /sessions/passkey/challenge',
  'POST /sessions/oidc',
  'GET /oidc',
  'GET /oidc/start',
  'GET /oidc/callback',
  'POST /email/verify',
  'POST /password/forgot',
  'POST /password/reset',
];

describe('the description of the API', () => {
  let server: TestServer;
  let operations: { method: string; path: string; name: string }[];
  let description: any;

  beforeAll(async () => {
    server = await startTestServer();
    description = (await server.api('GET', '/openapi.json')).body;
    operations = Object.entries<object>(description.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{[^}]+\}/g, '6c6be800-ddd6-4e41-831b-34890ac98f15'),
        name: `${method.toUpperCase()} ${path}`,
      })),
    );
  });
  afterAll(() => server.stop());

  it('is OpenAPI 3.1, with an answer and its errors for every operation', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(operations.length).toBeGreaterThan(35);
    for (const item of Object.values<Record<string, { summary?: string; responses: object }>>(
      description.paths,
    )) {
      for (const operation of Object.values(item)) {
        expect(operation.summary).toBeTruthy();
        const statuses = Object.keys(operation.responses);
        expect(statuses.some((status) => /^[23]/.test(status))).toBe(true);
        expect(statuses.some((status) => status.startsWith('4'))).toBe(true);
      }
    }
  });

  it('names only routes that exist, and all but a few ask who you are before anything else', async () => {
    const open: string[] = [];
    for (const { method, path, name } of operations) {
      const { status, body } = await server.api(method, path, method === 'GET' ? undefined : {});
      expect({ name, message: body?.error?.message }).not.toMatchObject({ message: 'no such route' });
      if (status !== 401 || body?.error?.code !== 'unauthenticated') open.push(name);
    }
    expect(open.toSorted()).toEqual(OPEN.toSorted());
  });

  it('can be read and tried in a browser, from this server alone', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect(page.status).toBe(200);
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      const url = new URL(asset, `${server.url}/docs`);
      expect(url.origin).toBe(server.url);
      expect((await fetch(url)).status).toBe(200);
    }
    expect(html).not.toMatch(/<script(?![^>]* src=)/);
  });
});
