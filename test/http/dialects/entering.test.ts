import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Caller } from '../../../src/chat/authenticate.ts';
import { ask } from '../../dialects/support/raw-fetch.ts';
import { RawSocket } from '../../dialects/support/raw-socket.ts';
import { type Core, openCore } from '../../support/core.ts';
import { type FakeServer, plainTalk, somebody, startFakeDialect, write } from '../../support/fake-dialect.ts';

describe('a socket of a dialect that is let in', () => {
  let core: Core;
  let server: FakeServer;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    core = await openCore('PostgreSQL');
    await core.chat.start();
    server = await startFakeDialect(core, plainTalk());
  });
  afterAll(async () => {
    await server.stop();
    await core.close();
  });
  beforeEach(async () => {
    [alice, bob] = [await somebody(core), await somebody(core)];
  });

  it('has its feed already, and hears what is said from then on', async () => {
    const { feeds } = core.chat;
    const attach = feeds.attachToUser.bind(feeds);
    const [asked, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    vi.spyOn(feeds, 'attachToUser').mockImplementationOnce(async (...wanted) => {
      asked.resolve();
      await slow.promise;
      return attach(...wanted);
    });
    const connecting = RawSocket.open(server.socketUrl(alice));
    await asked.promise;
    const meanwhile = ask('GET', `${server.url}/fake-one/where`).then(() => 'not yet');
    expect(await Promise.race([connecting, meanwhile])).toBe('not yet');
    slow.resolve();
    const socket = await connecting;
    await write(core, bob, alice, 'good morning');
    expect(await socket.nextText()).toBe('good morning');
    await socket.close();
    await expect.poll(() => feeds.feedOf(alice.userId)).toBeUndefined();
  });

  it('leaves no feed open when its client hung up meanwhile', async () => {
    const { feeds } = core.chat;
    const attach = feeds.attachToUser.bind(feeds);
    const [opened, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    vi.spyOn(feeds, 'attachToUser').mockImplementationOnce(async (...wanted) => {
      const attached = await attach(...wanted);
      opened.resolve();
      await slow.promise;
      return attached;
    });
    const client = new WebSocket(server.socketUrl(alice).replace('http', 'ws'));
    const gone = new Promise((resolve) => client.once('error', resolve));
    await opened.promise;
    client.terminate();
    await gone;
    expect(feeds.feedOf(alice.userId)).toBeDefined();
    slow.resolve();
    await expect.poll(() => feeds.feedOf(alice.userId)).toBeUndefined();
  });
});
