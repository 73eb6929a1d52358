import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';
import { PASSWORD } from '../../support/server.ts';

/** For one step in a page, and for one test of many steps, on a machine that has more to do. */
const PATIENCE_MS = 20_000;
export const IN_BROWSER = { timeout: 90_000 };
const AXE = createRequire(import.meta.url).resolve('axe-core');

/** One person's browser, with all that went wrong in it. */
export interface Window {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors in the console, exceptions, and whatever the page's policy forbade. */
  readonly problems: string[];
}

let browser: Promise<Browser> | undefined;

/** The browser of this file's tests; `closeBrowser` ends it. */
export async function openWindow(url: string, options: BrowserContextOptions = {}): Promise<Window> {
  browser ??= launchChromium();
  const context = await (await browser).newContext({ baseURL: url, locale: 'en-GB', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const problems: string[] = [];
  context.on('page', (page) => {
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error.stack)));
  });
  return { context, page: await context.newPage(), problems };
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

let names = 0;

/** Somebody new, who has signed up by the page's own form. */
export async function signUpInWindow(
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Window & { readonly username: string; readonly displayName: string }> {
  names += 1;
  const username = `${name.toLowerCase()}${names}`;
  const displayName = `${name} ${names}`;
  const window = await openWindow(url, options);
  const { page } = window;
  await page.goto('/sign-up');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Your name').fill(displayName);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return { ...window, username, displayName };
}

export async function signInWindow(url: string, username: string, password = PASSWORD): Promise<Window> {
  const window = await openWindow(url);
  const { page } = window;
  await page.goto('/');
  await page.getByLabel('Username or email').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  return window;
}

/** Axe's serious findings, each with where it is. */
export async function seriousFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    // Not as a script element, which the page's policy would refuse.
    const { readFile } = await import('node:fs/promises');
    await page.evaluate(await readFile(AXE, 'utf8'));
  }
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } };
    interface Finding {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    return (await axe.run()).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    }));
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, where }) => `${id}: ${where.join(' | ')}`);
}

/** Nothing went wrong in any of these, also not behind the scenes. */
export function expectNoProblems(...windows: readonly Window[]): void {
  expect(windows.flatMap(({ problems }) => problems)).toEqual([]);
}
