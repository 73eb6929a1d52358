import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../../support/cast.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { closeBrowser, expectNoProblems } from '../pages/browser.ts';
import { message, messages, type Talker, talker, write, writing } from './talk.ts';

const MANY = 1_000;
const MAX_SHOWN = 400;
const READING_MS = 90_000;

let server: TestServer;
let alice: Talker;
let say: (text: string) => Promise<unknown>;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

describe('a long conversation', { timeout: READING_MS }, () => {
  let dialog: string;

  beforeEach(async () => {
    alice = await talker(server.url, 'Alice');
    const bob = await person(server.url, 'bob');
    const { body } = await bob.api('POST', '/conversations', { kind: 'dialog', userId: alice.id });
    dialog = body.id;
    const inbox = await bob.join('inbox');
    say = (text) => inbox.request('send', { conversationId: dialog, text });
    await Promise.all(Array.from({ length: MANY }, (_, index) => say(`message ${index + 1}`)));
    await alice.api('PUT', `/conversations/${dialog}/marks`, { readSeq: MANY });
    await alice.page.goto(`/c/${dialog}`);
    await message(alice.page, `message ${MANY}`).waitFor();
    return () => inbox.room.leave();
  });
  afterEach(async () => {
    expectNoProblems(alice);
    await alice.context.close();
  });

  it('can be read up to its beginning, page by page, without growing for ever', async () => {
    const { page } = alice;
    while ((await shownSeqs(page))[0] !== 1) {
      await scrollTo(page, 0);
      const shown = await shownSeqs(page);
      expect(shown.length).toBeLessThanOrEqual(MAX_SHOWN);
      expect(shown).toEqual(shown.map((_, index) => shown[0]! + index));
    }
    await say('news');
    const toEnd = page.getByRole('button', { name: 'To the newest messages' });
    await toEnd.getByText('1', { exact: true }).waitFor();
    await toEnd.click();
    await message(page, 'news').waitFor();
    await toEnd.waitFor({ state: 'detached' });
    expect((await shownSeqs(page)).at(-1)).toBe(MANY + 1);
  });

  it('keeps in its place what one reads, while older messages come in above it and newer ones below', async () => {
    const { page } = alice;
    const before = await shownSeqs(page);
    await scrollTo(page, 400);
    const [seq, top] = await firstSeen(page);
    await expect.poll(async () => (await shownSeqs(page))[0], { timeout: 10_000 }).toBeLessThan(before[0]!);
    await say('news');
    await expect.poll(async () => (await shownSeqs(page)).at(-1), { timeout: 10_000 }).toBe(MANY + 1);
    const [seqAfter, topAfter] = await firstSeen(page);
    expect(seqAfter).toBe(seq);
    expect(Math.abs(topAfter - top)).toBeLessThan(2);
  });

  it('shows where one had got to, and counts as read what was on the screen', async () => {
    const { page } = alice;
    await page.goto('/settings');
    for (let count = 1; count <= 30; count += 1) await say(`unread ${count}`);
    await page.getByRole('link', { name: /30 unread/ }).click();
    await page.getByText('New messages').waitFor();
    expect(await isOnScreen(page, MANY + 1)).toBe(true);
    expect(await isOnScreen(page, MANY + 30)).toBe(false);
    await expect
      .poll(async () => (await alice.api('GET', `/conversations/${dialog}`)).body.readSeq, {
        timeout: 10_000,
      })
      .toBeGreaterThan(MANY);
    const { body } = await alice.api('GET', `/conversations/${dialog}`);
    expect(body.readSeq).toBeLessThan(MANY + 30);
    await write(page, 'answer');
    await expect.poll(() => isOnScreen(page, MANY + 31), { timeout: 10_000 }).toBe(true);
  });

  it('can be gone through with the keyboard', async () => {
    const { page } = alice;
    await writing(page).focus();
    await messages(page).focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    const focused = page.locator('[data-seq]:focus');
    expect(await focused.getAttribute('data-seq')).toBe(String(MANY - 1));
    const text = await focused.locator('.text').textContent();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Reply');
    await page.keyboard.press('Enter');
    await page.keyboard.type('so be it');
    await page.keyboard.press('Enter');
    await message(page, 'so be it').getByText(text!).waitFor();
  });
});

const log = (page: Page) => messages(page);

function shownSeqs(page: Page): Promise<number[]> {
  return log(page).evaluate((box) =>
    [...box.querySelectorAll<HTMLElement>('[data-seq]')].map(({ dataset }) => Number(dataset.seq)),
  );
}

/** As a reader does, and until what it brings is there. */
async function scrollTo(page: Page, top: number): Promise<void> {
  const [first] = await shownSeqs(page);
  await log(page).evaluate((box, to) => {
    box.scrollTop = to;
  }, top);
  if (first === 1 || top > 0) return;
  await expect.poll(async () => (await shownSeqs(page))[0], { timeout: 10_000 }).toBeLessThan(first!);
}

/** Which message is the first on the screen, and where it begins. */
function firstSeen(page: Page): Promise<[seq: number, top: number]> {
  return log(page).evaluate((box) => {
    const upper = box.getBoundingClientRect().top;
    const items = [...box.querySelectorAll<HTMLElement>('[data-seq]')];
    const item = items.find((each) => each.getBoundingClientRect().top >= upper)!;
    return [Number(item.dataset.seq), item.getBoundingClientRect().top - upper];
  });
}

function isOnScreen(page: Page, seq: number): Promise<boolean> {
  return log(page).evaluate((box, wanted) => {
    const item = box.querySelector(`[data-seq="${wanted}"]`)?.getBoundingClientRect();
    const { top, bottom } = box.getBoundingClientRect();
    return item !== undefined && item.top >= top && item.top < bottom;
  }, seq);
}
