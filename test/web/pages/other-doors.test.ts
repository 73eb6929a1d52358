import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allMails, mailTo } from '../../support/mailbox.ts';
import { guard } from '../../support/second-factor.ts';
import { type Person, startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  openWindow,
  seriousFindings,
  type Window,
} from './browser.ts';

const MAIL_PATIENCE = { timeout: 5_000, interval: 20 };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

const addressOf = (name: string) => `${name}@example.org`;
async function verified(name: string): Promise<Person> {
  const person = await server.signUp(name, { email: addressOf(name) });
  const { token } = await mailTo(server, addressOf(name));
  expect((await server.api('POST', '/email/verify', { token })).status).toBe(204);
  return person;
}
const signedIn = ({ page }: Window, name: string) =>
  page.getByRole('link', { name: `Your profile, ${name}` }).waitFor();

describe('a code by mail', IN_BROWSER, () => {
  /** Of the newest mail that has one to sign in with: those to verify an address have a link, too. */
  const codeTo = (email: string, count = 1) =>
    vi.waitFor(async () => {
      const mails = await allMails(server);
      const codes = mails.filter(({ to, code, link }) => to === email && code !== '' && link === '');
      expect(codes).toHaveLength(count);
      return codes.at(-1)!.code;
    }, MAIL_PATIENCE);
  /** As far as the form that takes the code. */
  async function askForCode(email: string): Promise<Window> {
    const window = await openWindow(server.url);
    const { page } = window;
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign in with a code by mail' }).click();
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByText('a code is on its way there').waitFor();
    return window;
  }
  async function typeCode({ page }: Window, code: string): Promise<void> {
    await page.getByLabel('The six digits of the mail').fill(code);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  it('signs in whoever reads the mailbox; a wrong one is refused, and one can have another', async () => {
    await verified('alice');
    const window = await askForCode(addressOf('alice'));
    const { page, problems } = window;
    await codeTo(addressOf('alice'));
    await page.getByRole('button', { name: 'Send it again' }).click();
    const code = await codeTo(addressOf('alice'), 2);
    expect(await seriousFindings(page)).toEqual([]);
    expectNoProblems(window);
    await typeCode(window, code === '123456' ? '654321' : '123456');
    await page.getByText('This code is wrong, has been used or has expired.').waitFor();
    expect(problems.splice(0)).toEqual([expect.stringContaining('401')]);
    // As people copy it from a mail.
    await typeCode(window, `${code.slice(0, 3)} ${code.slice(3)}`);
    await signedIn(window, 'alice');
    expect(new URL(page.url()).pathname).toBe('/');
    expectNoProblems(window);
    await window.context.close();
  });

  it('is promised in the same words to an address that nobody here has', async () => {
    const window = await askForCode('nobody@example.org');
    const { page } = window;
    await page
      .getByText('If nobody@example.org is the verified address of an account, a code is on its way there.')
      .waitFor();
    await typeCode(window, '123456');
    await page.getByText('This code is wrong, has been used or has expired.').waitFor();
    await page.getByRole('button', { name: 'Another address' }).click();
    await page.getByLabel('Email').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('');
    await window.context.close();
  });

  it('is not enough for an account with a second factor', async () => {
    const { recoveryCodes } = await guard(await verified('bob'));
    const window = await askForCode(addressOf('bob'));
    await typeCode(window, await codeTo(addressOf('bob')));
    await window.page.getByLabel('Code of your authenticator app').fill(recoveryCodes[0]!);
    await window.page.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(window, 'bob');
    await window.context.close();
  });
});
