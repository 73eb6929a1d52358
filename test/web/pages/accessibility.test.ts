import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  openWindow,
  seriousFindings,
  signUpInWindow,
  type Window,
} from './browser.ts';

/** Each page is loaded and looked through, one after the other. */
const LOOKING_MS = 120_000;
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true };
const LOOKS = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['a phone', PHONE],
] as const;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { admins: ['root1', 'root2', 'root3'] } });
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

async function findingsAt(window: Window, paths: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const path of paths) {
    await window.page.goto(path);
    await window.page.getByRole('heading', { level: 1 }).first().waitFor();
    await window.page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    found[path] = await seriousFindings(window.page);
  }
  return found;
}

const nothingAt = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, []]));

describe.each(LOOKS)('every page (%s)', (_name, options) => {
  it(
    'is usable by everybody, as far as a program can tell: before signing in',
    async () => {
      const forgotten = ['/forgot-password', '/password/reset?token=x'];
      const paths = ['/', '/sign-in/code', '/sign-up', '/sign-up?guest', ...forgotten];
      const window = await openWindow(server.url, options);
      expect(await findingsAt(window, paths)).toEqual(nothingAt(paths));
      expectNoProblems(window);
      await window.context.close();
    },
    LOOKING_MS,
  );

  it(
    'is usable by everybody, as far as a program can tell: after it',
    async () => {
      const window = await signUpInWindow(server.url, 'Root', options);
      const tabs = ['/settings', '/settings/devices', '/settings/security', '/settings/appearance'];
      const paths = ['/', '/people', '/new-group', ...tabs, '/admin', '/admin/nodes', '/admin/audit'];
      expect(await findingsAt(window, paths)).toEqual(nothingAt(paths));
      expectNoProblems(window);
      await window.context.close();
    },
    LOOKING_MS,
  );
});

describe('the check for that', IN_BROWSER, () => {
  it('finds what is wrong', async () => {
    const { page, context } = await openWindow(server.url);
    await page.goto('/sign-in');
    await page.evaluate(() => {
      // Outside of what the page renders, and may render again.
      document.body.append(document.createElement('button'));
    });
    expect((await seriousFindings(page)).join()).toContain('button-name');
    await context.close();
  });
});
