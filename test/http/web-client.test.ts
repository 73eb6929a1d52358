import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebFiles } from '../../src/http/web-files.ts';
import { makeWebFiles } from '../../src/web-bundle.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const KIB = 1024;

let files: WebFiles;
beforeAll(async () => {
  files = await makeWebFiles();
});

describe('the program for browsers', () => {
  it('has less than 100 KiB of script, compressed', () => {
    expect(files.get('main.js')!.gzip.length).toBeLessThan(100 * KIB);
    expect(files.get('main.js')!.br.length).toBeLessThan(files.get('main.js')!.gzip.length);
  });

  it('makes no code of text, which its policy forbids', () => {
    const script = Buffer.from(files.get('main.js')!.plain).toString();
    expect(script.length).toBeGreaterThan(100 * KIB);
    expect(script).not.toMatch(/\bnew Function\b|\beval\(|\.innerHTML\s*=[^=]*["'`]</);
  });

  it('is the same on every node that has the same sources', async () => {
    const again = await makeWebFiles();
    expect([...again.values()].map(({ name }) => name)).toEqual([...files.values()].map(({ name }) => name));
  });

  it('is the same uncompressed and compressed', () => {
    for (const { plain, gzip, br } of files.values()) {
      expect(gunzipSync(gzip).equals(plain)).toBe(true);
      expect(brotliDecompressSync(br).equals(plain)).toBe(true);
    }
  });
});

describe('the page', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: { publicUrl: 'https://example.org/chat' } });
  });
  afterAll(() => server.stop());

  const assets = (html: string): string[] =>
    [...html.matchAll(/(?:src|href)="([^"]*\/assets\/[^"]+)"/g)].map((match) => match[1]!);

  it.each(['/', '/sign-in', '/c/6c6be800-ddd6-4e41-831b-34890ac98f15', '/settings/devices', '/admin/nodes'])(
    'is there at %s, and is asked for anew each time',
    async (path) => {
      const page = await fetch(server.url + path);
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(assets(await page.text())).toHaveLength(3);
    },
  );

  it('is not there where nothing is', async () => {
    expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${server.url}/assets/main-0000000000.js`)).status).toBe(404);
  });

  it('has its files below the path of PUBLIC_URL, and they are kept for good', async () => {
    const html = await (await fetch(server.url)).text();
    for (const path of assets(html)) {
      expect(path).toMatch(/^\/chat\/assets\/\w+-[\w-]{10}\.(js|css|svg)$/);
      const file = await fetch(server.url + path.slice('/chat'.length));
      expect([file.status, file.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
    expect(html).toContain('data-base="/chat"');
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip;q=1, br;q=0', 'gzip'],
    ['identity', null],
  ])('sends its files as the browser takes them (%s)', async (accepted, encoding) => {
    const [script] = assets(await (await fetch(server.url)).text()).filter((path) => path.endsWith('.js'));
    const file = await fetch(server.url + script!.slice('/chat'.length), {
      headers: { 'accept-encoding': accepted },
    });
    expect([file.headers.get('content-encoding'), file.headers.get('vary')]).toEqual([
      encoding,
      'Accept-Encoding',
    ]);
    expect(Buffer.from(await file.arrayBuffer()).equals(files.get('main.js')!.plain)).toBe(true);
  });

  it('lets sockets go elsewhere only when nodes have addresses of their own', async () => {
    const policy = async () => (await fetch(server.url)).headers.get('content-security-policy');
    expect(await policy()).toMatch(/connect-src 'self';/);
    await server.stop();
    server = await startTestServer({ config: { publicAddress: 'node1.example.org' } });
    expect(await policy()).toMatch(/connect-src 'self' ws: wss:;/);
  });
});
