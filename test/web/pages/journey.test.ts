import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../cluster/cluster.ts';
import { picture } from '../../support/pictures.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  seriousFindings,
  signInWindow,
  signUpInWindow,
  type Window,
} from './browser.ts';

const writing = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const said = (page: Page, text: string) =>
  page.getByRole('log', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });

async function say(page: Page, text: string): Promise<void> {
  await writing(page).fill(text);
  await writing(page).press('Enter');
}

/** Each step goes on where the one before ended. */
describe('two people on two nodes', IN_BROWSER, () => {
  let cluster: Cluster;
  let alice: Window & { readonly username: string; readonly displayName: string };
  let bob: Window & { readonly username: string; readonly displayName: string };

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, fsync: false, leaseMs: 3_000 });
    alice = await signUpInWindow(cluster.url, 'Alice');
    bob = await signUpInWindow(cluster.url, 'Bob');
  }, 300_000);
  afterAll(async () => {
    await closeBrowser();
    await cluster?.stop();
  });

  it('become friends', async () => {
    await alice.page.getByRole('link', { name: 'Find people' }).click();
    await alice.page.getByLabel('Find people and public groups').fill(bob.username);
    await alice.page.getByRole('button', { name: `Add friend ${bob.displayName}` }).click();
    await bob.page.getByRole('link', { name: /People.*1 asking/ }).click();
    await bob.page.getByRole('button', { name: `Accept ${alice.displayName}` }).click();
    await bob.page.getByText(`@${alice.username} · online`).waitFor();
  });

  it('talk, and see that the other types and reads', async () => {
    await bob.page.getByRole('button', { name: `Message ${alice.displayName}` }).click();
    await say(bob.page, 'Hello Alice');
    const inList = alice.page.getByRole('link', { name: /Hello Alice.*1 unread/ });
    await inList.waitFor();
    expect(await alice.page.title()).toBe('(1) Parlour');
    await inList.click();
    await said(bob.page, 'Hello Alice').getByRole('img', { name: 'read' }).waitFor();
    await expect.poll(() => alice.page.title()).toBe('Parlour');
    // Whoever comes into the room while somebody types learns of it with the next key.
    await expect
      .poll(
        async () => {
          await writing(alice.page).press('l');
          return bob.page.getByText(`${alice.displayName} is typing…`).isVisible();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(true);
    await writing(alice.page).fill('');
    await say(alice.page, 'Hello Bob');
    await said(bob.page, 'Hello Bob').waitFor();
    for (const { page } of [alice, bob]) expect(await seriousFindings(page)).toEqual([]);
  });

  it('send what was written offline when the line is back, once', async () => {
    expectNoProblems(alice, bob);
    await alice.context.setOffline(true);
    await alice.page.getByText('You are offline').waitFor();
    await say(alice.page, 'from the tunnel');
    await alice.context.setOffline(false);
    await said(bob.page, 'from the tunnel').waitFor();
    await said(alice.page, 'from the tunnel').getByRole('img', { name: 'read' }).waitFor();
    for (const { page } of [alice, bob]) expect(await said(page, 'from the tunnel').count()).toBe(1);
  });

  it('make a group and share a picture there', async () => {
    await bob.page.getByRole('link', { name: 'New group' }).click();
    await bob.page.getByLabel('Name', { exact: true }).fill('Sunday hike');
    await bob.page.getByRole('button', { name: `Add ${alice.displayName}` }).click();
    await bob.page.getByRole('button', { name: 'Create group' }).click();
    await writing(bob.page).waitFor();
    const choosing = bob.page.waitForEvent('filechooser');
    await bob.page.getByRole('button', { name: 'Attach files' }).click();
    const buffer = await picture(640, 480).jpeg().toBuffer();
    await (await choosing).setFiles([{ name: 'lake.jpg', mimeType: 'image/jpeg', buffer }]);
    await say(bob.page, 'The lake');
    await alice.page.getByRole('link', { name: /Sunday hike/ }).click();
    await said(alice.page, 'The lake').getByRole('img', { name: 'lake.jpg' }).waitFor();
    for (const { page } of [alice, bob]) expect(await seriousFindings(page)).toEqual([]);
  });

  it('go on when a node is killed, and nothing is missing or double', async () => {
    // One after the other, so that both have lost their node.
    for (const [round, node] of cluster.nodes.entries()) {
      await node.kill();
      await say(alice.page, `hers, round ${round}`);
      await say(bob.page, `his, round ${round}`);
      await node.start();
      for (const { page } of [alice, bob])
        for (const text of [`hers, round ${round}`, `his, round ${round}`])
          await said(page, text).waitFor({ timeout: 30_000 });
    }
    for (const text of ['hers, round 0', 'his, round 0', 'hers, round 1', 'his, round 1'])
      for (const { page } of [alice, bob]) expect(await said(page, text).count()).toBe(1);
  }, 120_000);

  it('sign out on another device, and are out there at once', async () => {
    const phone = await signInWindow(cluster.url, alice.username);
    await phone.page.getByRole('navigation', { name: 'Main' }).waitFor();
    await alice.page.goto('/settings/devices');
    await alice.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await phone.page.getByText('You have been signed out.').waitFor();
    await alice.page.getByRole('link', { name: /Sunday hike/ }).waitFor();
  });
});
