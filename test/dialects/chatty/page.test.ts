import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { openPage, partsOfPage, seriousFindings } from '../support/pages.ts';
import { ask } from '../support/raw-fetch.ts';
import { ChattyClient } from './client.ts';

describe('the page of chatty', () => {
  let server: TestServer;
  let own: string;
  let prefix: string;
  let browser: Browser;
  let number = 0;
  const problems: string[] = [];
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { chatty: 0 } } });
    own = server.ownUrl('chatty');
    prefix = `${server.url}/chatty`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server.stop();
  });
  beforeEach(() => {
    number += 1;
    problems.length = 0;
  });

  const open = (address: string, statuses: number[] = []) =>
    openPage(browser, address, { problems, statuses });
  async function signIn(page: Page, name: string, password = ''): Promise<void> {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  async function guest(address: string, name: string, statuses?: number[]): Promise<Page> {
    const page = await open(address, statuses);
    await signIn(page, `${name}${number}`);
    await page.getByRole('heading', { name: 'Main' }).waitFor();
    return page;
  }
  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('li.mine', { hasText: text }).waitFor();
  }
  const hears = (page: Page, text: string) =>
    page.getByRole('log').getByText(text, { exact: true }).waitFor();
  const chat = (page: Page, name: string) => page.getByRole('link', { name });
  async function endAll(...pages: Page[]): Promise<void> {
    for (const page of pages) await page.context().close();
  }

  it('brings two guests together in Main, one below the prefix and one at a port of its own', async () => {
    const first = await open(`${prefix}/`);
    expect(await seriousFindings(first)).toEqual([]);
    await endAll(first);
    const alice = await guest(`${prefix}/`, 'alice');
    const bob = await guest(own, 'bob');
    await hears(alice, `bob${number} joined`);
    for (const page of [alice, bob]) {
      await chat(page, 'Main joined').waitFor();
      for (const name of ['alice', 'bob'])
        await page.locator('#people').getByText(`${name}${number}`).waitFor();
    }
    // Where one wants to be after signing in.
    await bob.keyboard.type('hello');
    await bob.keyboard.press('Enter');
    await hears(alice, 'hello');
    const markup = '<img src=x onerror="document.title = \'broken\'"> & <b>bold</b>';
    await say(alice, markup);
    await hears(bob, markup);
    expect(await bob.locator('img, #log b').count()).toBe(0);
    expect(await bob.title()).toBe('chatty');
    for (const page of [alice, bob]) {
      expect(await page.locator('#log li:not(.note)').count()).toBe(2);
      expect(await seriousFindings(page)).toEqual([]);
    }

    await alice.getByRole('button', { name: 'Sign out' }).click();
    await alice.getByRole('button', { name: 'Sign in' }).waitFor();
    await hears(bob, `alice${number} left`);
    await expect.poll(() => bob.locator('#people li').allTextContents()).toEqual([`bob${number}`]);
    // Really out: the name is free again.
    await signIn(alice, `alice${number}`);
    await hears(bob, `alice${number} joined`);
    await endAll(alice, bob);
    expect(problems).toEqual([]);
  });

  it('shows chats as they come and go, and is in them and out of them', async () => {
    const page = await guest(own, 'carol');
    const owner = await server.signUp(`owner${number}`);
    const group = { kind: 'group', name: 'tea & cake', visibility: 'public' };
    const { body: tea } = await owner.api('POST', '/conversations', group);
    await owner.api('POST', `/conversations/${tea.id}/messages`, { text: 'before' });
    await hears(page, 'There is a new chat: tea & cake');
    await chat(page, 'tea & cake not joined').click();
    await page.getByText('You have not joined this chat.').waitFor();
    await page.getByRole('button', { name: 'Join' }).click();
    await hears(page, 'before');
    await say(page, 'thanks');
    await chat(page, 'Main').click();
    await owner.api('POST', `/conversations/${tea.id}/messages`, { text: 'more?' });
    await chat(page, 'tea & cake').filter({ hasText: '1 new' }).click();
    await hears(page, 'more?');
    await page.getByRole('button', { name: 'Leave' }).click();
    await chat(page, 'tea & cake not joined').waitFor();
    await chat(page, 'Main').click();
    await owner.api('PATCH', `/conversations/${tea.id}`, { visibility: 'private' });
    await hears(page, 'The chat tea & cake was removed');
    expect(await page.locator('#chats li').count()).toBe(1);
    await endAll(page);
    expect(problems).toEqual([]);
  });

  it('says what to do about a name that it cannot have, and takes a password', async () => {
    const bob = await server.signUp(`bob${number}`);
    const dave = await new ChattyClient(own).guest(`dave${number}`);
    const page = await open(own, [400, 401, 409]);
    const wrong = page.locator('#sign-in').getByRole('alert');
    for (const [name, password, words] of [
      [bob.username, '', 'its password is needed'],
      [`dave${number}`, '', 'Take another one'],
      [`nobody${number}`, 'secret', 'Guests leave the password empty'],
      [bob.username, 'wrong', 'not the password'],
    ] as const) {
      await signIn(page, name, password);
      await wrong.getByText(words).waitFor();
    }
    await signIn(page, bob.username, PASSWORD);
    await page.getByRole('heading', { name: 'Main' }).waitFor();
    // Whoever comes back with the cookie is at home.
    await page.reload();
    await page.locator('#people').getByText(bob.username).waitFor();
    // One login for each name: another one ends this.
    await new ChattyClient(own).post('authorize', { user: bob.username, password: PASSWORD });
    await page.getByText('You were signed out.').waitFor();
    await dave.post('loggedonly/logout');
    await endAll(page);
    expect(problems).toEqual([]);
  });

  it('tells every tab what one of them has heard', async () => {
    const page = await guest(`${prefix}/`, 'alice');
    const bob = await guest(own, 'bob');
    const tab = await page.context().newPage();
    await tab.goto(`${prefix}/`);
    for (const each of [page, tab]) await each.locator('#people').getByText(`bob${number}`).waitFor();
    for (const text of ['one', 'two', 'three', 'four']) await say(bob, `${text} ${number}`);
    for (const each of [page, tab])
      for (const text of ['one', 'two', 'three', 'four']) await hears(each, `${text} ${number}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await tab.getByRole('button', { name: 'Sign in' }).waitFor();
    await endAll(page, bob);
    expect(problems).toEqual([]);
  });

  it('comes back by itself when the connection was lost, with what was on its way then', async () => {
    const page = await guest(own, 'carol');
    const bob = await guest(own, 'bob');
    await hears(page, `bob${number} joined`);
    // The server believes that it has answered.
    await page.route('**/loggedonly/poll', async (route) => {
      await route.fetch();
      await route.abort();
    });
    // Taken by the poll that waits already, and by the one after it.
    for (const text of ['one', 'two']) await say(bob, `${text} ${number}`);
    await page.getByText('The connection is lost').waitFor();
    await page.unroute('**/loggedonly/poll');
    await hears(page, `two ${number}`);
    await expect.poll(() => page.locator('#connection').textContent()).toBe('');
    await say(bob, `three ${number}`);
    await hears(page, `three ${number}`);
    await endAll(page, bob);
    expect(problems.filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  });

  it('keeps the end in view, also when a screen keyboard takes half of it', async () => {
    const bob = await new ChattyClient(own).guest(`bob${number}`);
    await bob.post('loggedonly/joinChat', { chat: 'Main' });
    const page = await guest(own, 'alice');
    const log = page.getByRole('log');
    /** How far the end of a message is above the end of what is shown. */
    const above = async (text: string) => {
      const [item, whole] = [
        await log.getByText(text, { exact: true }).boundingBox(),
        await log.boundingBox(),
      ];
      return whole!.y + whole!.height - item!.y - item!.height;
    };
    const isAtTheEnd = async (text: string) => {
      const px = await above(text);
      return px >= 0 && px < 60;
    };
    for (let n = 1; n <= 20; n += 1)
      await bob.post('loggedonly/postMessage', { chat: 'Main', text: `${n} of ${number}` });
    await hears(page, `20 of ${number}`);
    expect(await above(`1 of ${number}`)).toBeGreaterThan((await log.boundingBox())!.height);
    await expect.poll(() => isAtTheEnd(`20 of ${number}`)).toBe(true);
    await page.setViewportSize({ width: 390, height: 420 });
    await expect.poll(() => isAtTheEnd(`20 of ${number}`)).toBe(true);
    // Who reads what was said before is left alone, until they say something themselves.
    await log.getByText(`5 of ${number}`, { exact: true }).scrollIntoViewIfNeeded();
    const before = await above(`5 of ${number}`);
    await bob.post('loggedonly/postMessage', { chat: 'Main', text: `last of ${number}` });
    await hears(page, `last of ${number}`);
    expect(await above(`5 of ${number}`)).toBeCloseTo(before, 0);
    await say(page, `mine of ${number}`);
    await expect.poll(() => isAtTheEnd(`mine of ${number}`)).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    await endAll(page);
    expect(problems).toEqual([]);
  });

  it('holds no script and lets none in, and takes no other address', async () => {
    for (const [address, base] of [
      [`${own}/`, ''],
      [prefix, '/chatty'],
      [`${prefix}/`, '/chatty'],
    ] as const) {
      await partsOfPage(address, base);
    }
    for (const path of [
      'page',
      'page/',
      'page/page.html',
      'page/..%2fpage.ts',
      'page.js',
      'favicon.ico',
      'api',
    ])
      expect(await ask('GET', `${own}/${path}`)).toMatchObject({ status: 404, text: '404 page not found\n' });
  });
});
