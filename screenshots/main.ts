import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { startProcess } from '../test/support/server-process.ts';
import { SCENE_PASSWORD } from './people.ts';
import { type Scene, setTheScene } from './scene.ts';

const FOLDER = resolve(import.meta.dirname, '../docs/pictures');
const DESKTOP = { viewport: { width: 1180, height: 740 } };
const PHONE = { viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

interface Shot {
  readonly name: string;
  readonly path: (scene: Scene) => string;
  readonly look: BrowserContextOptions;
  /** What is there when it is complete. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const says = (text: string) => (page: Page) => page.getByRole('main').getByText(text).last().waitFor();
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).last().waitFor();

const SHOTS: readonly Shot[] = [
  { name: 'desktop', path: ({ withBob }) => `/c/${withBob}`, look: DESKTOP, ready: says('Lunch on Friday?') },
  {
    name: 'desktop-dark',
    path: ({ hike }) => `/c/${hike}`,
    look: { ...DESKTOP, colorScheme: 'dark' },
    ready: says('Nine is fine'),
  },
  { name: 'people', path: () => '/people', look: DESKTOP, ready: heading },
  { name: 'group', path: ({ hike }) => `/c/${hike}/info`, look: DESKTOP, ready: heading },
  { name: 'devices', path: () => '/settings/devices', look: DESKTOP, ready: heading },
  {
    name: 'security',
    path: () => '/settings/security',
    look: { ...DESKTOP, colorScheme: 'dark' },
    ready: heading,
  },
  { name: 'admin', path: () => '/admin', look: DESKTOP, ready: heading },
  { name: 'nodes', path: () => '/admin/nodes', look: DESKTOP, ready: heading },
  { name: 'phone-list', path: () => '/', look: PHONE, ready: heading },
  { name: 'phone', path: ({ withBob }) => `/c/${withBob}`, look: PHONE, ready: says('Lunch on Friday?') },
  {
    name: 'phone-dark',
    path: ({ hike }) => `/c/${hike}`,
    look: { ...PHONE, colorScheme: 'dark' },
    ready: says('Nine is fine'),
  },
];

/** Pictures of the web client, of one scene that is always the same. */
async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parlour-screenshots-'));
  await mkdir(FOLDER, { recursive: true });
  const server = await startProcess({ DATA_DIR: dataDir, ADMINS: 'alice', LOG_LEVEL: 'error' });
  const browser = await launchChromium();
  try {
    const scene = await setTheScene(server.url);
    await showSignIn(browser, server.url);
    for (const shot of SHOTS) await take(browser, server.url, scene, shot);
    await scene.end();
  } finally {
    await browser.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function showSignIn(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext({ ...DESKTOP, baseURL: url });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await save(page, 'sign-in');
  await context.close();
}

async function take(
  browser: Browser,
  url: string,
  scene: Scene,
  { name, path, look, ready }: Shot,
): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', ...look, baseURL: url });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('Username or email').fill('alice');
  await page.getByLabel('Password').fill(SCENE_PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.goto(path(scene));
  await ready(page);
  await page.waitForLoadState('networkidle');
  await save(page, name);
  await context.close();
}

async function save(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  process.stdout.write(`${file}\n`);
}

await main();
