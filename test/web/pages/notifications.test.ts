import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestServer, type TestServer } from '../../support/server.ts';
import { closeBrowser, expectNoProblems, IN_BROWSER, signUpInWindow, type Window } from './browser.ts';

interface Told {
  readonly title: string;
  readonly body: string;
}

/** What the desktop would show, and whether the page is looked at, are the tests' to say. */
function inTheBackground(): void {
  const told: Told[] = [];
  class Notification extends EventTarget {
    // As a browser does, it remembers over a reload what was granted.
    static permission = localStorage.getItem('granted') ?? 'default';
    static async requestPermission(): Promise<string> {
      localStorage.setItem('granted', 'granted');
      Notification.permission = 'granted';
      return Notification.permission;
    }
    constructor(title: string, { body }: { body: string }) {
      super();
      told.push({ title, body });
    }
  }
  Object.assign(window, { Notification, told });
  Object.defineProperty(document, 'hidden', { get: () => true });
}

describe('notifications', IN_BROWSER, () => {
  let server: TestServer;
  let bob: Person;
  let alice: Window & { readonly username: string };
  let dialog: string;
  beforeAll(async () => {
    server = await startTestServer();
    bob = await server.signUp('bob', { displayName: 'Bob' });
    alice = await signUpInWindow(server.url, 'Alice');
    await alice.page.addInitScript(inTheBackground);
    await alice.page.goto('/settings/appearance');
    const { body } = await bob.api('POST', '/conversations', { kind: 'dialog', username: alice.username });
    dialog = body.id;
  });
  afterAll(async () => {
    await closeBrowser();
    await server.stop();
  });

  const told = () => alice.page.evaluate(() => (window as unknown as { told: Told[] }).told);
  const say = (text: string) => bob.api('POST', `/conversations/${dialog}/messages`, { text });

  it('tell of nothing until they are switched on, then of what others say', async () => {
    await say('too early');
    await alice.page.getByRole('link', { name: /too early/ }).waitFor();
    expect(await told()).toEqual([]);
    await alice.page.getByRole('button', { name: 'Switch on' }).click();
    await alice.page.getByRole('button', { name: 'Switch off' }).waitFor();
    await say('in time');
    await expect.poll(told).toEqual([{ title: 'Bob', body: 'in time' }]);
  });

  it('are silent about a muted conversation', async () => {
    await alice.page.goto(`/c/${dialog}/info`);
    await alice.page.getByRole('button', { name: 'Mute' }).click();
    await alice.page.getByRole('button', { name: 'Unmute' }).waitFor();
    await say('psst');
    await alice.page.getByRole('link', { name: /psst/ }).waitFor();
    expect(await told()).toEqual([]);
    await alice.page.getByRole('button', { name: 'Unmute' }).click();
    await alice.page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await say('again aloud');
    await expect.poll(told).toEqual([{ title: 'Bob', body: 'again aloud' }]);
    expectNoProblems(alice);
  });
});
