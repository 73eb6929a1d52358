import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allMails, mailTo } from '../../support/mailbox.ts';
import { startProvider, type TestProvider } from '../../support/oidc-provider.ts';
import { freePort } from '../../support/postgres.ts';
import { guard } from '../../support/second-factor.ts';
import { PASSWORD, type Person, startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  openWindow,
  seriousFindings,
  signInWindow,
  type Window,
} from './browser.ts';

const MAIL_PATIENCE = { timeout: 5_000, interval: 20 };

/** Shown in the page as it is, whatever it holds. */
const CLUB = 'The "Club"';

let server: TestServer;
let provider: TestProvider;
beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider([`http://127.0.0.1:${port}/api/v1/oidc/callback`]);
  const { issuer, clientId, clientSecret } = provider;
  server = await startTestServer({ config: { port, oidc: { issuer, clientId, clientSecret, name: CLUB } } });
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
  await provider.stop();
});

const addressOf = (name: string) => `${name}@example.org`;
async function verify(name: string): Promise<void> {
  const { token } = await mailTo(server, addressOf(name));
  expect((await server.api('POST', '/email/verify', { token })).status).toBe(204);
}
async function verified(name: string): Promise<Person> {
  const person = await server.signUp(name, { email: addressOf(name) });
  await verify(name);
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

describe('an account elsewhere', IN_BROWSER, () => {
  const goThere = ({ page }: Window) => page.getByRole('button', { name: `Sign in with ${CLUB}` }).click();
  const stored = ({ page }: Window) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));

  it('signs in, with nothing left of the way there and back', async () => {
    provider.visitor('carol', { preferred_username: 'carol', name: 'Carol' });
    const window = await openWindow(server.url);
    const { page } = window;
    await page.goto('/');
    expect(await seriousFindings(page)).toEqual([]);
    await goThere(window);
    await signedIn(window, 'Carol');
    expect(page.url()).toBe(`${server.url}/`);
    expect(await stored(window)).toBe('{}');
    // The session is the page's own: a cookie that no script can read.
    await page.reload();
    await signedIn(window, 'Carol');
    expectNoProblems(window);
    await window.context.close();
  });

  it('that says no, is away, or was asked for in another tab is said on the page, which then works', async () => {
    provider.visitor(null);
    const window = await openWindow(server.url);
    const { page } = window;
    await page.goto('/');
    await goThere(window);
    await page.getByText(`${CLUB} did not say who you are. You can try again.`).waitFor();
    expect(page.url()).toBe(`${server.url}/sign-in`);
    await page.goto('/sign-in?error=unavailable');
    await page.getByText(`${CLUB} cannot be reached at the moment. Please try again soon.`).waitFor();
    await page.goto('/sign-in?code=of-somebody-else');
    await page.getByText('This began in another tab or browser. Please begin again here.').waitFor();
    expect(page.url()).toBe(`${server.url}/sign-in`);
    provider.visitor('dave', { name: 'Dave' });
    await goThere(window);
    await signedIn(window, 'Dave');
    expectNoProblems(window);
    await window.context.close();
  });

  it('is linked and unlinked by who proves to be the same here, and leaves the second factor in force', async () => {
    const erin = await server.signUp('erin');
    provider.visitor('erin-there');
    const window = await signInWindow(server.url, 'erin');
    const { page, problems } = window;
    await signedIn(window, 'erin');
    await page.goto('/settings/security');
    await page.getByRole('button', { name: `Link an account at ${CLUB}` }).click();
    const linked = page.getByRole('region', { name: 'Accounts elsewhere' });
    const password = linked.getByLabel('Your password');
    await password.waitFor();
    const height = async () => (await password.boundingBox())!.y;
    await expect.poll(height).toBeLessThan(page.viewportSize()!.height);
    await password.fill('wrong');
    expect([page.url(), await stored(window)]).toEqual([`${server.url}/settings/security`, '{}']);
    expect(await seriousFindings(page)).toEqual([]);
    expectNoProblems(window);
    await linked.getByRole('button', { name: 'Link account' }).click();
    await linked.getByRole('alert').waitFor();
    expect(problems.splice(0)).toEqual([expect.stringContaining('401')]);
    await password.fill(PASSWORD);
    await linked.getByRole('button', { name: 'Link account' }).click();
    await linked.getByRole('listitem').waitFor();

    const { recoveryCodes } = await guard(erin);
    const other = await openWindow(server.url);
    await other.page.goto('/');
    await goThere(other);
    await other.page.getByLabel('Code of your authenticator app').fill(recoveryCodes[0]!);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(other, 'erin');
    await other.context.close();

    await page.reload();
    await linked.getByRole('button', { name: `Unlink ${provider.issuer}` }).click();
    await password.fill(PASSWORD);
    await linked.getByLabel('Code of your app').fill(recoveryCodes[1]!);
    await linked.getByRole('button', { name: 'Unlink account' }).click();
    await linked.getByRole('listitem').waitFor({ state: 'detached' });
    expect((await erin.api('GET', '/me/identities')).body.items).toEqual([]);
    expectNoProblems(window);
    await window.context.close();
  });

  it('makes a guest somebody who can come back, and is then the last way in', async () => {
    provider.visitor('frank-there');
    const window = await openWindow(server.url);
    const { page } = window;
    await page.goto('/sign-up?guest');
    await page.getByLabel('What shall others call you?').fill('Frank');
    await page.getByRole('button', { name: 'Come in' }).click();
    await signedIn(window, 'Frank');
    await page.goto('/settings/security');
    await page.getByRole('button', { name: `Keep this account with ${CLUB}` }).click();
    await page.getByText(`You can sign in with ${CLUB} from now on.`).waitFor();
    expectNoProblems(window);
    await page.getByRole('button', { name: `Unlink ${provider.issuer}` }).click();
    await page.getByRole('button', { name: 'Unlink account' }).click();
    await page.getByText('This is the last way into this account: add another one first.').waitFor();
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await goThere(window);
    await signedIn(window, 'Frank');
    await window.context.close();
  });
});

describe('an invitation by email', IN_BROWSER, () => {
  it('takes a verified address of one’s own, is told the same whoever has the other, and can be withdrawn', async () => {
    const heidi = await verified('heidi');
    await server.signUp('grace', { email: addressOf('grace') });
    const window = await signInWindow(server.url, 'grace');
    const { page, problems } = window;
    await page.getByRole('link', { name: 'People', exact: true }).click();
    const invitations = page.getByRole('region', { name: 'Invitations' });
    await invitations.getByText('First verify your own address').waitFor();
    expect(await invitations.getByRole('button').count()).toBe(0);
    await verify('grace');
    await page.reload();
    const invite = async (email: string) => {
      await invitations.getByLabel('Email of a friend').fill(email);
      await invitations.getByRole('button', { name: 'Invite', exact: true }).click();
    };
    for (const address of [addressOf('stranger'), addressOf('heidi')]) {
      await invite(address);
      await page.getByText(`${address} is invited.`).waitFor();
      await invitations.getByRole('listitem').filter({ hasText: address }).waitFor();
    }
    await mailTo(server, addressOf('stranger'));
    const asking = async () => (await heidi.api('GET', '/friendships?state=incoming')).body.items.length;
    await expect.poll(asking).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    expectNoProblems(window);
    await invite(addressOf('stranger'));
    await invitations.getByText('You have invited this address already.').waitFor();
    expect(problems.splice(0)).toEqual([expect.stringContaining('409')]);

    const withdraw = (address: string) =>
      invitations.getByRole('button', { name: `Withdraw the invitation to ${address}` }).click();
    await withdraw(addressOf('heidi'));
    await expect.poll(asking).toBe(0);
    await withdraw(addressOf('stranger'));
    await invitations.getByRole('listitem').first().waitFor({ state: 'detached' });
    expectNoProblems(window);
    await window.context.close();
  });
});
