import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask } from './raw-fetch.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core');
const SERIOUS = `axe.run().then(({ violations }) =>
  violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id }) => id))`;
const PATIENCE_MS = 15_000;

/**
 * Somebody's own browser at this address. What goes wrong in it, also what the page's policy forbade, is added to
 * `problems`; answers of these statuses are part of the story.
 */
export async function openPage(
  browser: Browser,
  address: string,
  { problems, statuses = [] }: { readonly problems: string[]; readonly statuses?: readonly number[] },
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('console', (message) => {
    const isExpected = statuses.some((status) => message.text().includes(`status of ${status} `));
    if (message.type() === 'error' && !isExpected) problems.push(message.text());
  });
  await page.goto(address);
  return page;
}

/** What axe finds that keeps somebody from using the page. */
export async function seriousFindings(page: Page): Promise<unknown> {
  // Not as a script element, which the page's policy would refuse.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(SERIOUS);
}

/** The page at this address as its server sends it: it holds no script and lets none in. Answers what it loads. */
export async function partsOfPage(address: string, base: string): Promise<string[]> {
  const { status, text, headers } = await ask('GET', address);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  const csp = headers.get('content-security-policy')!;
  for (const rule of ["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"])
    expect(csp).toContain(rule);
  expect(csp).not.toContain('unsafe');
  expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style=|javascript:/);
  const parts = [...text.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]!);
  expect(parts).toEqual([`${base}/page/look.css`, `${base}/page/page.css`, `${base}/page/page.js`]);
  return parts;
}
