import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { openPage, partsOfPage, seriousFindings } from '../support/pages.ts';
import { ask } from '../support/raw-fetch.ts';
import { names, PASSWORD, signIn } from './people.ts';

describe('the page of gmessenger', () => {
  let server: TestServer;
  let own: string;
  let browser: Browser;
  const problems: string[] = [];
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { gmessenger: 0 } } });
    own = server.ownUrl('gmessenger');
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server.stop();
  });

  const open = (address: string) => openPage(browser, address, { problems, statuses: [401] });
  async function signUp(page: Page, login: string, username: string): Promise<void> {
    const form = page.locator('#register');
    await form.getByLabel('Login').fill(login);
    await form.getByLabel('Name that others see').fill(username);
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }
  const chat = (page: Page, name: string) => page.getByRole('link', { name });
  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message').fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('li.mine', { hasText: text }).waitFor();
  }

  it.each(['its prefix', 'a port of its own'])('is enough to chat with, at %s', async (where) => {
    const root = where === 'its prefix' ? `${server.url}/gmessenger` : own;
    const [alice, bob] = names();
    const his = await open(root);
    expect(await seriousFindings(his)).toEqual([]);
    await signUp(his, bob, `Bob ${where}`);
    const hers = await open(root);
    await signUp(hers, alice, `Alice ${where}`);

    await chat(hers, `Bob ${where}`).click();
    await say(hers, '<b>hello</b>');
    await hers.getByText(', delivered').waitFor();
    await chat(his, `Alice ${where}`).filter({ hasText: '1 new' }).click();
    await his.locator('#messages').getByText('<b>hello</b>').waitFor();
    await hers.getByText(', read').waitFor();
    await hers.locator('#presence').getByText('online').waitFor();
    await say(his, 'hi');
    await hers.locator('#messages li:not(.mine)').getByText('hi', { exact: true }).waitFor();
    expect(await seriousFindings(hers)).toEqual([]);

    await hers.getByText('New group').click();
    await hers.getByLabel('Name', { exact: true }).fill('Hike');
    await hers.getByLabel('Logins, with commas').fill(bob);
    await hers.getByRole('button', { name: 'Create' }).click();
    await hers.getByRole('heading', { name: 'Hike' }).waitFor();
    await say(hers, 'who comes?');
    await his.getByRole('link', { name: 'Hike' }).filter({ hasText: 'who comes?' }).waitFor();

    // Whoever comes back with the cookie is at home, and who has signed out is at the door.
    await hers.reload();
    await hers.getByText('who comes?').first().waitFor();
    await his.getByRole('button', { name: 'Sign out' }).click();
    await his.reload();
    const form = his.locator('#login');
    await form.getByLabel('Login').fill(bob);
    await form.getByLabel('Password').fill('wrong');
    await form.getByRole('button', { name: 'Sign in' }).click();
    await form.getByText('wrong login/password').waitFor();
    expect((await (await signIn(root, bob)).get(`/dialog/${alice}`)).body).toHaveLength(2);
    for (const page of [his, hers]) await page.context().close();
    expect(problems).toEqual([]);
  });

  it('holds no script and lets none in', async () => {
    for (const [address, base] of [
      [own, ''],
      [`${server.url}/gmessenger`, '/gmessenger'],
      [`${server.url}/gmessenger/`, '/gmessenger'],
    ] as const) {
      const parts = await partsOfPage(address, base);
      for (const part of parts) expect((await ask('GET', new URL(part, address).href)).status).toBe(200);
      const { text: script } = await ask('GET', `${new URL(address).origin}${base}/page/page.js`);
      for (const [, name] of script.matchAll(/from '\.\/([\w-]+\.js)'/g))
        expect(
          (await ask('GET', `${new URL(address).origin}${base}/page/${name}`)).headers.get('content-type'),
        ).toMatch('text/javascript');
    }
    for (const name of ['page.html', '..%2fpage.ts', 'sessions.ts'])
      expect((await ask('GET', `${own}/page/${name}`)).status).toBe(404);
  });
});
