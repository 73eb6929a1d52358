import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { closeBrowser, expectNoProblems, seriousFindings } from '../pages/browser.ts';
import { message, messages, openDialog, type Talker, talker, write, writing } from './talk.ts';

let server: TestServer;
let alice: Talker;
let bob: Talker;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await closeBrowser();
  await server.stop();
});

// Two browsers, on a machine that may be busy.
describe('two people in a dialog', { timeout: 90_000 }, () => {
  beforeEach(async () => {
    [alice, bob] = [await talker(server.url, 'Alice'), await talker(server.url, 'Bob')];
    await openDialog(alice, bob);
  });
  afterEach(async () => {
    expectNoProblems(alice, bob);
    await Promise.all([alice.context.close(), bob.context.close()]);
  });

  it('see each other type, and what was said, received and read', async () => {
    await writing(alice.page).pressSequentially('Hel');
    await bob.page.getByText(`${alice.displayName} is typing…`).waitFor();
    await write(alice.page, 'Hello Bob');
    await message(bob.page, 'Hello Bob').waitFor();
    await bob.page.getByText('is typing…').waitFor({ state: 'detached' });
    await message(alice.page, 'Hello Bob').getByRole('img', { name: 'read' }).waitFor();
    // Bob looks elsewhere: it is delivered, and not read.
    await bob.page.goto('/settings');
    await write(alice.page, 'Still there?');
    await message(alice.page, 'Still there?').getByRole('img', { name: 'delivered' }).waitFor();
    await bob.page.getByRole('link', { name: /Still there/ }).click();
    await bob.page.getByText('New messages').waitFor();
    await message(alice.page, 'Still there?').getByRole('img', { name: 'read' }).waitFor();
    expect(await seriousFindings(bob.page)).toEqual([]);
  });

  it('answer, edit and delete', async () => {
    await write(alice.page, 'Tea at five?');
    await message(bob.page, 'Tea at five?').hover();
    await message(bob.page, 'Tea at five?').getByRole('button', { name: 'Reply' }).click();
    await write(bob.page, 'Gladly');
    await message(alice.page, 'Gladly').getByText('Tea at five?').waitFor();
    await writing(alice.page).press('ArrowUp');
    await write(alice.page, 'Tea at six?');
    await message(bob.page, 'Gladly').getByText('Tea at six?').waitFor();
    await message(bob.page, 'edited').first().waitFor();
    await message(bob.page, 'Gladly').hover();
    await message(bob.page, 'Gladly').getByRole('button', { name: 'Delete' }).click();
    await bob.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await message(alice.page, 'Message deleted').waitFor();
    expect(await messages(alice.page).getByText('Gladly').count()).toBe(0);
  });

  it('read text as text, and can follow what is an address in it', async () => {
    await write(alice.page, '<img src=x onerror=alert(1)> see https://example.org/a?b=1.');
    const said = message(bob.page, '<img src=x');
    await said.waitFor();
    expect(await said.locator('img[src="x"]').count()).toBe(0);
    expect(await said.getByRole('link').getAttribute('href')).toBe('https://example.org/a?b=1');
  });

  it('send pictures and files', async () => {
    const [chooser] = await Promise.all([
      alice.page.waitForEvent('filechooser'),
      alice.page.getByRole('button', { name: 'Attach files' }).click(),
    ]);
    await chooser.setFiles([
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a, b, c') },
      { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(DOT, 'base64') },
    ]);
    await alice.page.getByRole('list', { name: 'Files to send' }).getByText('notes.txt').waitFor();
    await write(alice.page, 'Here');
    const said = message(bob.page, 'Here');
    await said.getByRole('img', { name: 'dot.png' }).waitFor();
    const [download] = await Promise.all([
      bob.page.waitForEvent('download'),
      said.getByRole('link', { name: /notes.txt/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('notes.txt');
  });

  it('keep what they wrote while they were offline, also over a reload', async () => {
    await alice.context.setOffline(true);
    await alice.page.getByText('You are offline').waitFor();
    await write(alice.page, 'one');
    await write(alice.page, 'two');
    await message(alice.page, 'two').getByText('waiting to be sent').waitFor();
    await alice.context.setOffline(false);
    await message(bob.page, 'two').waitFor();
    await alice.page.getByText('You are offline').waitFor({ state: 'detached' });
    await alice.context.setOffline(true);
    await alice.page.getByText('You are offline').waitFor();
    await write(alice.page, 'three');
    await message(alice.page, 'three').getByText('waiting to be sent').waitFor();
    // The page itself comes from somewhere; only the conversation does not.
    await alice.context.setOffline(false);
    await alice.page.reload();
    await message(bob.page, 'three').waitFor();
    expect(
      await messages(bob.page)
        .getByRole('listitem')
        .filter({ hasText: /one|two|three/ })
        .count(),
    ).toBe(3);
    // The browser itself complains about the network.
    alice.problems.length = 0;
  });
});

const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';
