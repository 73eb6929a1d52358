import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import {
  closeBrowser,
  expectNoProblems,
  IN_BROWSER,
  openWindow,
  signInWindow,
  signUpInWindow,
} from './browser.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

describe('two people in two browsers', IN_BROWSER, () => {
  it('find each other, become friends, and see each other come and go', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    const bob = await signUpInWindow(server.url, 'Bob');
    await alice.page.getByRole('link', { name: 'People', exact: true }).click();
    await alice.page.getByLabel('Find people and public groups').fill(bob.username);
    await alice.page.getByRole('button', { name: `Add friend ${bob.displayName}` }).click();
    await alice.page.getByRole('button', { name: `Withdraw, ${bob.displayName}` }).waitFor();

    await bob.page.getByRole('link', { name: /People.*1 asking/ }).click();
    await bob.page.getByRole('button', { name: `Accept ${alice.displayName}` }).click();
    const friends = (page: typeof bob.page) => page.getByRole('region', { name: 'Friends', exact: true });
    await friends(bob.page).getByText(`@${alice.username} · online`).waitFor();
    await alice.page.getByLabel('Find people and public groups').fill('');
    await friends(alice.page).getByText(`@${bob.username} · online`).waitFor();

    await bob.context.close();
    await friends(alice.page).getByText(`@${bob.username} · seen just now`).waitFor();
    expectNoProblems(alice, bob);
    await alice.context.close();
  });

  it('are called by their new names at once, wherever they are shown', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    const bob = await signUpInWindow(server.url, 'Bob');
    await alice.page.goto('/people');
    await alice.page.getByLabel('Find people and public groups').fill(bob.username);
    await alice.page.getByRole('button', { name: `Message ${bob.displayName}` }).click();
    await alice.page.waitForURL(/\/c\/[\w-]+$/);
    await bob.page.getByRole('link', { name: alice.displayName }).click();
    await bob.page.getByRole('heading', { name: alice.displayName }).waitFor();
    const phone = await signInWindow(server.url, alice.username);
    await alice.page.goto('/settings');
    await alice.page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
    await alice.page.getByLabel('Username').fill(`${alice.username}-ada`);
    await alice.page.getByRole('button', { name: 'Save' }).click();
    await bob.page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await bob.page
      .getByRole('link', { name: /Ada Lovelace/ })
      .first()
      .waitFor();
    await phone.page.getByRole('link', { name: 'Your profile, Ada Lovelace' }).waitFor();
    expectNoProblems(alice, bob, phone);
    await Promise.all([alice, bob, phone].map(({ context }) => context.close()));
  });

  it('reject, block and unblock each other', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    const bob = await signUpInWindow(server.url, 'Bob');
    await alice.page.goto('/people');
    await alice.page.getByLabel('Find people and public groups').fill(bob.username);
    await alice.page.getByRole('button', { name: `Add friend ${bob.displayName}` }).click();
    await bob.page.goto('/people');
    await bob.page.getByRole('button', { name: `Reject ${alice.displayName}` }).click();
    await alice.page.getByRole('button', { name: `Add friend ${bob.displayName}` }).waitFor();
    // She asks once more, and he lets her in, and then not.
    await alice.page.getByRole('button', { name: `Add friend ${bob.displayName}` }).click();
    await bob.page.getByRole('button', { name: `Accept ${alice.displayName}` }).click();
    await bob.page.getByRole('button', { name: `Block ${alice.displayName}` }).click();
    await bob.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await bob.page.getByRole('button', { name: `Unblock ${alice.displayName}` }).click();
    await bob.page.getByRole('region', { name: 'Blocked people' }).waitFor({ state: 'detached' });
    expectNoProblems(alice, bob);
    await Promise.all([alice.context.close(), bob.context.close()]);
  });

  it('make a group, give a role, and leave it', async () => {
    const bob = await signUpInWindow(server.url, 'Bob');
    const alice = await signUpInWindow(server.url, 'Alice');
    await alice.page.getByRole('link', { name: 'New group' }).click();
    await alice.page.getByLabel('Name', { exact: true }).fill('Sunday hike');
    await alice.page.getByLabel('Find people to add').fill(bob.username);
    await alice.page.getByRole('button', { name: `Add ${bob.displayName}` }).click();
    await alice.page.getByRole('button', { name: 'Create group' }).click();
    await alice.page.waitForURL(/\/c\/[\w-]+$/);
    await bob.page.getByRole('link', { name: /Sunday hike/ }).waitFor();

    await alice.page.goto(`${alice.page.url()}/info`);
    const roleOf = (name: string) => alice.page.getByRole('combobox', { name: `Role of ${name}` });
    await roleOf(bob.displayName).selectOption('owner');
    expectNoProblems(alice);
    await alice.page.getByRole('button', { name: 'Leave group' }).click();
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await alice.page.getByText('No conversations yet.').waitFor();
    await bob.page.goto(bob.page.url());
    await bob.page.getByRole('link', { name: /Sunday hike/ }).click();
    await bob.page.goto(`${bob.page.url()}/info`);
    await bob.page.getByText('one member', { exact: false }).waitFor();
    expect(await bob.page.getByRole('combobox').inputValue()).toBe('owner');
    // What alice's page asked while she left may have been answered with 404, which the browser writes down.
    expectNoProblems(bob);
    await Promise.all([alice.context.close(), bob.context.close()]);
  });

  it('read what a group is about, and lose nothing that they type while others come', async () => {
    const bob = await signUpInWindow(server.url, 'Bob');
    const alice = await signUpInWindow(server.url, 'Alice');
    const name = `Hike ${alice.username}`;
    await alice.page.getByRole('link', { name: 'New group' }).click();
    await alice.page.getByLabel('Name', { exact: true }).fill(name);
    await alice.page.getByLabel('Description').fill('Every Sunday');
    await alice.page.getByLabel('Open to everybody').check();
    await alice.page.getByRole('button', { name: 'Create group' }).click();
    await alice.page.waitForURL(/\/c\/[\w-]+$/);
    await alice.page.goto(`${alice.page.url()}/info`);
    await alice.page.getByText('Every Sunday', { exact: true }).waitFor();
    await alice.page.getByText('Open to everybody · one member').waitFor();

    await alice.page.getByRole('button', { name: 'Change' }).click();
    const form = alice.page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill(`${name} again`);
    await form.getByLabel('Description').fill('Every Monday');
    await form.getByLabel('By invitation').check();
    await bob.page.getByRole('link', { name: 'People', exact: true }).click();
    await bob.page.getByLabel('Find people and public groups').fill(name);
    await bob.page.getByRole('button', { name: `Join ${name}` }).click();
    await alice.page.getByText('Open to everybody · 2 members').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();

    await bob.page.waitForURL(/\/c\/[\w-]+$/);
    await bob.page.goto(`${bob.page.url()}/info`);
    await bob.page.getByText('Every Monday', { exact: true }).waitFor();
    await bob.page.getByText('By invitation · 2 members').waitFor();
    await bob.page.getByRole('heading', { name: `${name} again` }).waitFor();
    expectNoProblems(alice, bob);
    await Promise.all([alice.context.close(), bob.context.close()]);
  });
});

describe('a session', IN_BROWSER, () => {
  it('is kept over a reload, in all tabs, without a token in any storage that scripts can read', async () => {
    const alice = await signUpInWindow(server.url, 'Alice');
    await alice.page.reload();
    await alice.page.getByRole('link', { name: `Your profile, ${alice.displayName}` }).waitFor();
    const other = await alice.context.newPage();
    await other.goto('/settings');
    await other.getByRole('heading', { name: alice.displayName }).waitFor();
    const kept = await other.evaluate(() => [{ ...localStorage }, { ...sessionStorage }, document.cookie]);
    expect(JSON.stringify(kept)).not.toMatch(/eyJ|[\w-]{40}/);

    await other.getByRole('button', { name: 'Sign out' }).click();
    for (const page of [other, alice.page])
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await other.reload();
    await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expectNoProblems(alice);
    await alice.context.close();
  });

  it('that is ended on another device is over at once', async () => {
    const laptop = await signUpInWindow(server.url, 'Alice');
    const phone = await signInWindow(server.url, laptop.username);
    await phone.page.getByRole('navigation', { name: 'Main' }).waitFor();
    await laptop.page.goto('/settings/devices');
    await laptop.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await laptop.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await phone.page.getByText('You have been signed out.').waitFor();
    await laptop.page.getByText('this one').waitFor();
    expectNoProblems(laptop);
    await Promise.all([laptop.context.close(), phone.context.close()]);
  });

  it('of a guest becomes an account that one can sign in to', async () => {
    const guest = await openWindow(server.url);
    await guest.page.goto('/');
    await guest.page.getByRole('link', { name: 'Be a guest' }).click();
    await guest.page.getByLabel('What shall others call you?').fill('Carol');
    await guest.page.getByRole('button', { name: 'Come in' }).click();
    await guest.page.getByRole('link', { name: 'Your profile, Carol' }).click();
    await guest.page.getByLabel('Username').first().fill('carol');
    await guest.page.getByLabel('Password').fill('correct horse battery');
    await guest.page.getByRole('button', { name: 'Keep it' }).click();
    await guest.page.getByText('This is your account now.').waitFor();
    const again = await signInWindow(server.url, 'carol');
    await again.page.getByRole('link', { name: 'Your profile, Carol' }).waitFor();
    expectNoProblems(guest, again);
    await Promise.all([guest.context.close(), again.context.close()]);
  });
});
