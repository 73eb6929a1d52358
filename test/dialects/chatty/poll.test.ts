import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ChattyClient, inShort } from './client.ts';

const WAIT_MS = 500;

describe('the long poll of a chatty client', () => {
  let server: TestServer;
  let alice: ChattyClient;
  let bob: ChattyClient;
  let bobsName: string;

  beforeAll(async () => {
    server = await startTestServer({ config: { longPollMs: WAIT_MS } });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const mark = randomUUID().slice(0, 8);
    bobsName = `bob-${mark}`;
    alice = await new ChattyClient(`${server.url}/chatty`).guest(`alice-${mark}`);
    bob = await new ChattyClient(`${server.url}/chatty`).guest(bobsName);
    for (const each of [alice, bob]) await each.post('loggedonly/joinChat', { chat: 'Main' });
    await alice.drain();
  });

  const say = async (text: string) =>
    expect((await bob.post('loggedonly/postMessage', { chat: 'Main', text })).status).toBe(200);

  it('is answered with one event at once, or with nothing when none came in time', async () => {
    const started = performance.now();
    const { status, text, headers } = await alice.poll();
    expect([status, text, headers.get('content-type')]).toEqual([200, '', null]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(WAIT_MS * 0.95);
    const waiting = alice.poll();
    await say('one');
    await say('two');
    expect(inShort((await waiting).body)).toBe(`MessageEvent ${bobsName} Main one`);
    expect(inShort((await alice.poll()).body)).toBe(`MessageEvent ${bobsName} Main two`);
  });

  it('loses nothing between two polls, and keeps the order', async () => {
    const texts = Array.from({ length: 15 }, (_, n) => `${n}`);
    const [seen] = await Promise.all([
      (async () => {
        const heard: string[] = [];
        while (heard.length < texts.length) heard.push((await alice.nextOf('MessageEvent')).text);
        return heard;
      })(),
      (async () => {
        for (const text of texts) await say(text);
      })(),
    ]);
    expect(seen).toEqual(texts);
  });

  it('gives an event to one of two polls that wait for it', async () => {
    const [one, other] = [alice.poll(), alice.poll()];
    await say('hello');
    const texts = (await Promise.all([one, other])).map((reply) => reply.body?.event.text ?? reply.text);
    expect(texts.toSorted()).toEqual(['', 'hello']);
  });

  it('takes nothing with it when its client hangs up', async () => {
    for (const text of ['one', 'two', 'three']) {
      const hangUp = new AbortController();
      const cut = alice.poll(hangUp.signal);
      hangUp.abort();
      await expect(cut).rejects.toThrow();
      await say(text);
    }
    const messages = (await alice.drain()).map((each) => each.split(' ').at(-1));
    expect(messages).toEqual(['one', 'two', 'three']);
  });

  it('comes back empty when its user is logged out, and with 401 from then on', async () => {
    const waiting = alice.poll();
    // Surely waiting: what it waits for goes to nobody else.
    await say('hello');
    expect((await waiting).status).toBe(200);
    const second = alice.poll();
    await alice.post('loggedonly/logout');
    const { status, text } = await second;
    expect([
      [200, ''],
      [401, '{"error":"user not logged in"}'],
    ]).toContainEqual([status, text]);
    expect((await alice.poll()).status).toBe(401);
    expect((await bob.drain()).some((each) => each.startsWith('LogoutEvent alice'))).toBe(true);
  });

  it('sends the oldest away when one client waits too often at once', async () => {
    const polls = Array.from({ length: 10 }, () => alice.poll());
    const first = await Promise.race(polls.map((poll) => poll.then(() => performance.now())));
    const last = (await Promise.all(polls.map((poll) => poll.then(() => performance.now())))).at(-1)!;
    expect(last - first).toBeGreaterThan(WAIT_MS * 0.5);
  });

  it('comes back empty when the node goes', async () => {
    const waiting = alice.poll();
    // By then the poll has arrived: what was not asked is not answered.
    await bob.call('PUT', 'loggedonly/keepalive');
    const [answer] = await Promise.all([waiting, server.stop()]);
    expect(answer).toMatchObject({ status: 200, text: '' });
  });
});
