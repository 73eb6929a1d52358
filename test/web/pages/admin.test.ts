import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  signInWindow,
  signUpInWindow,
  type Window,
} from './browser.ts';

let server: TestServer;
let root: Window;
beforeAll(async () => {
  server = await startTestServer({ config: { admins: ['root'] } });
  await server.signUp('root');
  root = await signInWindow(server.url, 'root');
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

describe('the admin page', IN_BROWSER, () => {
  it('suspends somebody, who is out at once, and lets them in again', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    const { page } = root;
    await page.getByRole('link', { name: 'Admin' }).click();
    await page.getByLabel('Find accounts by name or email').fill(alice.username);
    await page.getByRole('button', { name: `Suspend ${alice.username}` }).click();
    await page.getByLabel('Why (for the audit log)').fill('sold things');
    await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await alice.page.getByText('You have been signed out.').waitFor();
    await page.getByText('suspended', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Lift suspension of ${alice.username}` }).click();
    await page.getByRole('button', { name: `Suspend ${alice.username}` }).waitFor();

    await page.getByRole('link', { name: 'Audit' }).click();
    const entry = page.getByRole('row').filter({ hasText: 'sold things' });
    await entry.getByText(`@${alice.username}`).waitFor();
    expectNoProblems(root);
    await alice.context.close();
  });

  it('verifies an address', async () => {
    const bob = await server.signUp('bob', { email: 'bob@example.org' });
    await root.page.goto('/admin');
    await root.page.getByRole('button', { name: 'Verify bob' }).click();
    await root.page.getByText('bob@example.org (verified)').waitFor();
    expect((await bob.api('GET', '/me')).body.verified).toBe(true);
  });

  it('shows the nodes', async () => {
    await root.page.goto('/admin/nodes');
    const node = root.page.getByRole('row').filter({ hasText: 'answers you' });
    await node.getByText(new URL(server.url).port).waitFor();
    // The admin's own inbox, once the node has renewed its lease.
    await expect
      .poll(() => node.getByRole('cell').nth(2).textContent(), { timeout: 15_000 })
      .toMatch(/^[1-9]/);
    expectNoProblems(root);
  });

  it('is for admins only', async () => {
    const carol = await signUpInWindow(server.url, 'Carol');
    expect(await carol.page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    await carol.page.goto('/admin');
    await carol.page.getByText('This page is for admins.').waitFor();
    await carol.context.close();
  });
});
