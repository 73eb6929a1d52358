import type { BrowserContextOptions, Page } from 'playwright-core';
import { type Api, apiOf, PASSWORD } from '../../support/server.ts';
import { signUpInWindow, type Window } from '../pages/browser.ts';

export interface Talker extends Window {
  readonly username: string;
  readonly displayName: string;
  /** The same person on another device. */
  readonly api: Api;
  readonly id: string;
}

export async function talker(
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Talker> {
  const window = await signUpInWindow(url, name, options);
  const { body } = await apiOf(url)('POST', '/sessions', { username: window.username, password: PASSWORD });
  return { ...window, api: apiOf(url, body.accessToken), id: body.user.id };
}

/** The dialog of two people, open in both their windows. */
export async function openDialog(one: Talker, other: Talker): Promise<string> {
  const { body } = await one.api('POST', '/conversations', { kind: 'dialog', userId: other.id });
  for (const { page } of [one, other]) {
    await page.goto(`/c/${body.id}`);
    await writing(page).waitFor();
  }
  return body.id;
}

export const writing = (page: Page) => page.getByRole('textbox', { name: 'Message' });
export const messages = (page: Page) => page.getByRole('log', { name: 'Messages' });
export const message = (page: Page, text: string) =>
  messages(page).getByRole('listitem').filter({ hasText: text });

export async function write(page: Page, text: string): Promise<void> {
  await writing(page).fill(text);
  await writing(page).press('Enter');
}
