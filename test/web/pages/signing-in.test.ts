import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailTo } from '../../support/mailbox.ts';
import { AuthenticatorApp } from '../../support/second-factor.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  openWindow,
  signInWindow,
  signUpInWindow,
} from './browser.ts';

const NEW_PASSWORD = 'another horse battery';

let server: TestServer;
beforeAll(async () => {
  // Not by its address: passkeys belong to a name.
  server = await startTestServer({ config: { host: 'localhost' } });
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

describe('a forgotten password', IN_BROWSER, () => {
  it('is replaced by the link in the mail, which leaves the address at once', async () => {
    await server.signUp('alice', { email: 'alice@example.org' });
    const { page, context, problems } = await openWindow(server.url);
    await page.goto('/');
    await page.getByRole('link', { name: 'Forgotten password?' }).click();
    await page.getByLabel('Email').fill('alice@example.org');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail with a link is on its way').waitFor();
    const { link } = await mailTo(server, 'alice@example.org', 2);
    await page.goto(link);
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    expect(page.url()).toBe(`${server.url}/password/reset`);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Your password is changed.').waitFor();
    expect(problems).toEqual([]);
    await context.close();
    const again = await signInWindow(server.url, 'alice', NEW_PASSWORD);
    await again.page.getByRole('navigation', { name: 'Main' }).waitFor();
    await again.context.close();
  });
});

describe('the link that verifies an address', IN_BROWSER, () => {
  it('asks first, and does it then', async () => {
    const bob = await server.signUp('bob', { email: 'bob@example.org' });
    const isVerified = async () => (await bob.api('GET', '/me')).body.verified;
    const window = await openWindow(server.url);
    await window.page.goto((await mailTo(server, 'bob@example.org')).link);
    const yes = window.page.getByRole('button', { name: 'Yes, it is mine' });
    await yes.waitFor();
    expect(await isVerified()).toBe(false);
    await yes.click();
    await window.page.getByText('Thank you: the email address is yours.').waitFor();
    expect(await isVerified()).toBe(true);
    expectNoProblems(window);
    await window.context.close();
  });
});

describe('a wrong password', IN_BROWSER, () => {
  it('is said, and the right one works', async () => {
    await server.signUp('carol');
    const { page, context } = await signInWindow(server.url, 'carol', 'wrong');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('No account has this name and password.');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await context.close();
  });
});

describe('a second factor', IN_BROWSER, () => {
  it('is switched on in the settings, asked for at the next sign-in, and has codes for when it is lost', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    await alice.page.goto('/settings/security');
    const app = alice.page.getByRole('region', { name: 'Authenticator app' });
    await app.getByRole('button', { name: 'Switch on' }).click();
    const secret = await app.locator('.secret').textContent();
    const device = new AuthenticatorApp(secret!);
    await app.getByLabel('The six digits that the app shows').fill(await device.fresh());
    await app.getByLabel('Your password').fill(PASSWORD);
    await app.getByRole('button', { name: 'Switch on' }).click();
    const codes = alice.page
      .getByRole('region', { name: 'Recovery codes', exact: true })
      .getByRole('listitem');
    await codes.first().waitFor();
    expect(await codes.count()).toBe(10);
    const recoveryCode = (await codes.first().textContent())!;

    for (const answer of [await device.fresh(), recoveryCode]) {
      const { page, context } = await signInWindow(server.url, alice.username);
      await page.getByLabel('Code of your authenticator app').fill(answer);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      await context.close();
    }
    expectNoProblems(alice);
    await alice.context.close();
  });

  it('can be a passkey, with which one also signs in by itself', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    const { page } = alice;
    const devtools = await alice.context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto('/settings/security');
    const passkeys = page.getByRole('region', { name: 'Passkeys' });
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click();
    await passkeys.getByLabel('Your password').fill(PASSWORD);
    await passkeys.getByRole('button', { name: 'Add passkey' }).click();
    await passkeys.getByText('This device').waitFor();
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('link', { name: `Your profile, ${alice.displayName}` }).waitFor();
    expectNoProblems(alice);
    await alice.context.close();
  });
});
