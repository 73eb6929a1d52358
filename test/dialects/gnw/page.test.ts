import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startTestServer();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server.stop();
});

/** Errors in the console, exceptions, and whatever the page's policy forbade. */
const problems: string[] = [];

async function signUp(username: string): Promise<Page> {
  // By this name a cookie that is for https only is kept without it.
  const context = await browser.newContext({ baseURL: server.url.replace('127.0.0.1', 'localhost') });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto('/gnw');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill('x');
  await page.getByLabel('Email').fill(`${username}@example.com`);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: 'People' }).waitFor();
  return page;
}

it('the page of GNW lets two people become friends and talk, within its policy', async () => {
  const [alice, bob] = [await signUp('alice'), await signUp('bob')];
  await alice.getByLabel('Add a friend').fill('bob');
  await alice.getByRole('button', { name: 'Ask' }).click();
  await bob.getByRole('button', { name: 'Accept' }).click();
  await bob.getByRole('button', { name: 'alice' }).click();
  await alice.getByRole('button', { name: 'bob' }).click();
  await alice.getByLabel('Message').fill('<b>Hello</b> Bob');
  await alice.getByRole('button', { name: 'Send' }).click();
  for (const page of [alice, bob]) await page.getByText('alice: <b>Hello</b> Bob').waitFor();
  await bob.getByRole('button', { name: 'Sign out' }).click();
  await bob.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(problems).toEqual([]);
});
