import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../../support/cast.ts';
import { textsOf as storedTexts } from '../../support/conversation.ts';
import { type Line, openLine } from '../../support/line.ts';
import { apiOf, startTestServer, type TestServer } from '../../support/server.ts';
import { closeAfterEach, openPage, type Page, type SignedIn, signUpGuest, textsOf } from './page.ts';

describe('what is sent', () => {
  let server: TestServer;
  let network: Line;
  let tokens: SignedIn;
  let alice: Page;
  let bob: Person;
  let dialog: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  closeAfterEach();

  beforeEach(async () => {
    network = await openLine(server.url);
    tokens = await signUpGuest(server.url, 'alice');
    alice = await openPage(network.url, tokens);
    bob = await person(server.url, 'bob');
    dialog = await alice.client.openDialog({ userId: bob.id });
    await alice.client.open(dialog);
    return () => network.close();
  });

  const pending = (page = alice) => page.now.outbox.get(dialog) ?? [];
  const states = (page = alice): string[] => pending(page).map(({ state, text }) => `${text} ${state}`);

  /** The server is gone, and the page knows it. */
  async function goOffline(): Promise<void> {
    network.refuse();
    await alice.until((now) => now.connection === 'offline', 'that the page is offline');
  }

  it('arrives once and in order, and is pending until it is there', async () => {
    const texts = ['one', 'two', 'three', 'four'];
    await Promise.all(texts.map((text) => alice.client.send(dialog, { text })));
    await alice.until(() => pending().length === 0, 'that nothing is pending');
    expect(textsOf(alice, dialog)).toEqual(texts);
    expect(await storedTexts(bob, dialog)).toEqual(texts);
  });

  it('waits while there is no line, and goes out by itself in the order in which it was written', async () => {
    await goOffline();
    for (const text of ['one', 'two']) await alice.client.send(dialog, { text });
    expect(states()).toEqual(['one waiting', 'two waiting']);
    network.heal();
    await alice.until(() => textsOf(alice, dialog).length === 2, 'both messages');
    expect(pending()).toEqual([]);
    expect(await storedTexts(bob, dialog)).toEqual(['one', 'two']);
  });

  it('is stored once when it was stored, but its answer was lost', async () => {
    network.silence();
    await alice.client.send(dialog, { text: 'heard?' });
    await alice.until(() => states()[0] === 'heard? sending', 'that it is on its way');
    // As if it had got there, before the line fell silent.
    const path = `/conversations/${dialog}/messages`;
    const { clientId } = pending()[0]!;
    const { body } = await apiOf(server.url, tokens.accessToken)('POST', path, { text: 'heard?', clientId });
    expect(body.duplicate).toBe(false);
    network.cut();
    network.heal();
    await alice.until(() => textsOf(alice, dialog).length === 1, 'the message');
    await alice.until(() => pending().length === 0, 'that nothing is pending');
    expect(await storedTexts(bob, dialog)).toEqual(['heard?']);
  });

  it('is kept over a reload, and sent by the next page', async () => {
    await goOffline();
    for (const text of ['one', 'two']) await alice.client.send(dialog, { text });
    await alice.close();
    const reloaded = await openPage(server.url, tokens);
    await reloaded.until((now) => now.conversations.get(dialog)?.lastSeq === 2, 'both messages');
    await reloaded.until(() => pending(reloaded).length === 0, 'that nothing is pending');
    expect(await storedTexts(bob, dialog)).toEqual(['one', 'two']);
  });

  it('is left to the tab that has it, for as long as that is open', async () => {
    await goOffline();
    await alice.client.send(dialog, { text: 'mine' });
    const other = await openPage(server.url, tokens);
    await other.client.send(dialog, { text: 'yours' });
    await other.until((now) => now.conversations.get(dialog)?.lastSeq === 1);
    expect(states(other)).toEqual([]);
    network.heal();
    await alice.until(() => pending().length === 0, 'that nothing is pending');
    expect(await storedTexts(bob, dialog)).toEqual(['yours', 'mine']);
  });

  it('is forgotten when somebody signs out for good', async () => {
    await goOffline();
    await alice.client.send(dialog, { text: 'never mind' });
    await alice.client.stop({ forget: true });
    const reloaded = await openPage(server.url, tokens);
    await reloaded.client.send(dialog, { text: 'hello' });
    await reloaded.until((now) => now.conversations.get(dialog)?.lastMessage?.text === 'hello');
    expect(await storedTexts(bob, dialog)).toEqual(['hello']);
  });

  it('stays when it is refused, lets the next one pass, and can be sent again or given up', async () => {
    await bob.api('PUT', `/blocks/${alice.me.id}`);
    await alice.client.send(dialog, { text: 'one' });
    await alice.client.send(dialog, { text: 'two' });
    await alice.until(() => pending().every(({ state }) => state === 'refused'), 'that both are refused');
    expect(pending().map(({ error }) => error?.code)).toEqual(['blocked', 'blocked']);
    await bob.api('DELETE', `/blocks/${alice.me.id}`);
    await alice.client.discard(pending()[0]!.clientId);
    alice.client.retry(pending()[0]!.clientId);
    await alice.until(() => textsOf(alice, dialog).length === 1, 'the other one');
    expect(await storedTexts(bob, dialog)).toEqual(['two']);
    expect(pending()).toEqual([]);
  });

  it('uploads what is attached first, also after a time without a line', async () => {
    await goOffline();
    const file = new File(['a list of things'], 'list.txt', { type: 'text/plain' });
    await alice.client.send(dialog, { text: 'see there', files: [file] });
    await alice.client.send(dialog, { text: 'and then this' });
    expect(pending()[0]?.files).toMatchObject([{ name: 'list.txt', progress: 0, id: null }]);
    network.heal();
    await alice.until(() => textsOf(alice, dialog).length === 2, 'both messages');
    expect(textsOf(alice, dialog)).toEqual(['see there', 'and then this']);
    const [message] = alice.now.threads.get(dialog)!.messages;
    const [attachment] = message!.attachments;
    expect(attachment).toMatchObject({ name: 'list.txt', size: 16 });
    const answer = await fetch(alice.client.api.link(attachment!.url));
    expect(await answer.text()).toBe('a list of things');
  });
});
