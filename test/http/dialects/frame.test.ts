import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/chat/authenticate.ts';
import { endSession } from '../../../src/chat/end-session.ts';
import { ChatError } from '../../../src/chat/errors.ts';
import { MAX_UNREAD_BYTES } from '../../../src/chat/limits.ts';
import { MAX_HELD_FRAMES } from '../../../src/http/dialects/limits.ts';
import type { Line } from '../../../src/http/dialects/line.ts';
import { ask } from '../../dialects/support/raw-fetch.ts';
import { RawSocket } from '../../dialects/support/raw-socket.ts';
import { type Core, openCore } from '../../support/core.ts';
import {
  FAKE_ENDED_CODE,
  FAKE_MAX_FRAME_BYTES,
  type FakeServer,
  type FakeTalk,
  plainTalk,
  somebody,
  startFakeDialect,
  write,
} from '../../support/fake-dialect.ts';

describe('the frame of all dialects', () => {
  const talk = {} as FakeTalk;
  let core: Core;
  let server: FakeServer;
  let alice: Caller;
  let bob: Caller;
  let lines: Line[];

  beforeAll(async () => {
    core = await openCore('PGlite');
    await core.chat.start();
    server = await startFakeDialect(core, talk);
  });
  afterAll(async () => {
    await server.stop();
    await core.close();
  });
  beforeEach(async () => {
    lines = [];
    Object.assign(talk, plainTalk(), { opened: (line: Line) => lines.push(line) });
    [alice, bob] = [await somebody(core), await somebody(core)];
  });

  const connect = (caller: Caller, base?: string): Promise<RawSocket> =>
    RawSocket.open(server.socketUrl(caller, base));

  describe('for requests', () => {
    it('is below the dialect’s prefix, and at the root of its own port', async () => {
      const texts = await Promise.all(
        [
          `${server.url}/fake-one/where`,
          `${server.ownUrl}/where`,
          `${server.url}/fake-one-more/where`,
          `${server.url}/where`,
        ].map(async (url) => (await ask('GET', url)).text),
      );
      const rest = 'the rest of the server';
      expect(texts).toEqual(['at "/fake-one"', 'at ""', rest, rest]);
    });

    it('tells refusals in the dialect’s form, and of our own failures nothing', async () => {
      const busy = await ask('GET', `${server.url}/fake-one/busy`);
      expect([busy.status, busy.body, busy.headers.get('retry-after')]).toEqual([
        503,
        { no: 'busy', message: 'come back' },
        '1',
      ]);
      const broken = await ask('GET', `${server.url}/fake-one/broken`);
      expect([broken.status, broken.body.no, broken.text.includes('secret')]).toEqual([
        500,
        'internal',
        false,
      ]);
      expect((await ask('GET', `${server.url}/fake-one`)).body.no).toBe('not_found');
      const method = await ask('DELETE', `${server.url}/fake-one/where`);
      expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET']);
    });

    it('limits bodies, except of what reads its own', async () => {
      const post = (path: string) => ask('POST', `${server.url}/fake-one/${path}`, { body: 'x'.repeat(101) });
      expect([(await post('small')).status, (await post('large')).text]).toEqual([413, '101']);
      expect((await ask('POST', `${server.ownUrl}/large`, { body: 'x'.repeat(101) })).text).toBe('101');
    });

    it('lets named origins send the dialect’s own headers', async () => {
      const preflight = (Origin: string) =>
        ask('OPTIONS', `${server.url}/fake-one/where`, {
          headers: { Origin, 'Access-Control-Request-Method': 'GET' },
        });
      const { headers } = await preflight('https://app.example');
      expect(headers.get('access-control-allow-headers')).toMatch(/X-Fake/);
      expect((await preflight('https://evil.example')).headers.has('access-control-allow-origin')).toBe(
        false,
      );
    });
  });

  describe('for sockets', () => {
    it.each(['prefix', 'own port'])(
      'shows a person’s feed and hears what they say, by the %s',
      async (where) => {
        const socket = await connect(alice, where === 'own port' ? server.ownUrl : undefined);
        socket.send('hello');
        expect(await socket.nextText()).toBe('heard hello');
        await write(core, bob, alice, 'good morning');
        expect(await socket.nextText()).toBe('good morning');
        expect(await core.chat.presence.online([alice.userId, bob.userId])).toEqual(new Set([alice.userId]));
        await socket.close();
        await expect.poll(() => server.closed).toContain(alice.userId);
        await expect.poll(() => core.chat.presence.online([alice.userId])).toEqual(new Set());
        expect(core.chat.feeds.feedOf(alice.userId)).toBeUndefined();
      },
    );

    it('refuses in the dialect’s form before the upgrade, and tells nothing of our own failures', async () => {
      talk.knocked = () => {
        throw new ChatError('rate_limited', 'too often', undefined, 7);
      };
      const refused = await RawSocket.refused(server.socketUrl(alice));
      expect([refused.status, refused.body, refused.headers['retry-after']]).toEqual([
        429,
        '{"no":"rate_limited"}',
        '7',
      ]);
      talk.knocked = () => {
        throw new Error('a secret of ours');
      };
      const broken = await RawSocket.refused(server.socketUrl(alice));
      expect([broken.status, broken.body]).toEqual([500, '{"no":"internal"}']);
      const nowhere = await RawSocket.refused(`${server.url}/fake-one/elsewhere`);
      expect([nowhere.status, nowhere.body]).toEqual([404, '{"no":"not_found"}']);
    });

    it('does one frame of a client after the other, and nothing that was said early is lost', async () => {
      const gate = Promise.withResolvers<void>();
      const begun: string[] = [];
      talk.receive = async (text, line) => {
        begun.push(text);
        if (text === 'slow') await gate.promise;
        line.send(`heard ${text}`);
      };
      const socket = await connect(alice);
      socket.send('slow');
      socket.send('quick');
      await expect.poll(() => begun).toEqual(['slow']);
      await socket.roundTrip();
      expect([begun, socket.frames]).toEqual([['slow'], []]);
      gate.resolve();
      expect([await socket.nextText(), await socket.nextText()]).toEqual(['heard slow', 'heard quick']);
      await socket.close();
    });

    it('reads no further while too many frames of a client wait', async () => {
      const gate = Promise.withResolvers<void>();
      talk.receive = (text, line) => gate.promise.then(() => line.send(text));
      const socket = await connect(alice);
      // Those that come in one piece with the last one that is read are heard, too: far more than fit into one.
      const filler = 'x'.repeat(FAKE_MAX_FRAME_BYTES - 10);
      const sent = Array.from({ length: MAX_HELD_FRAMES * 20 }, (_, n) => n + filler);
      for (const text of sent) socket.send(text);
      // Who is not read is not answered either.
      let answered = false;
      void socket.roundTrip().then(() => {
        answered = true;
      });
      const other = await connect(bob);
      await other.roundTrip();
      expect(answered).toBe(false);
      gate.resolve();
      await socket.until(() => socket.frames.length === sent.length);
      expect(socket.frames).toEqual(sent);
      await expect.poll(() => answered).toBe(true);
      await Promise.all([socket.close(), other.close()]);
    });

    it('shows events in their order, however long one of them takes to put into words', async () => {
      const gate = Promise.withResolvers<void>();
      talk.present = async (event) => {
        if (event.type !== 'message') return undefined;
        if (event.message.text === 'first') await gate.promise;
        return [`${event.message.text} a`, `${event.message.text} b`];
      };
      const shown: string[] = [];
      talk.shown = (event) => void shown.push(event.type);
      const socket = await connect(alice);
      await write(core, bob, alice, 'first', 'second');
      await socket.roundTrip();
      expect(socket.frames).toEqual([]);
      gate.resolve();
      await socket.until(() => socket.frames.length === 4);
      expect(socket.frames).toEqual(['first a', 'first b', 'second a', 'second b']);
      expect(shown).toEqual(['message', 'message']);
      await socket.close();
    });

    it.each<[string, Partial<FakeTalk>]>([
      [
        'an event cannot be told',
        {
          present: async (_event, { caller }) => {
            if (caller.userId === alice.userId) throw new Error('no words');
            return undefined;
          },
        },
      ],
      ['a frame fails', { receive: () => Promise.reject(new Error('no ears')) }],
    ])('closes with 1011 when %s, and only that one', async (_what, changed) => {
      const [socket, good] = [await connect(alice), await connect(bob)];
      await write(core, bob, alice, 'before');
      expect([await socket.nextText(), await good.nextText()]).toEqual(['before', 'before']);
      Object.assign(talk, changed);
      await write(core, bob, alice, 'hello');
      socket.send('hello');
      expect((await socket.closed).code).toBe(1011);
      await good.roundTrip();
      await good.close();
    });

    it('ends with the session, with the dialect’s code', async () => {
      const sockets = [await connect(alice), await connect(alice), await connect(bob)];
      await endSession(core.chat, alice, alice.sessionId);
      expect(await Promise.all(sockets.slice(0, 2).map(({ closed }) => closed))).toMatchObject([
        { code: FAKE_ENDED_CODE },
        { code: FAKE_ENDED_CODE },
      ]);
      expect(sockets[2]!.isOpen).toBe(true);
      await sockets[2]!.close();
    });

    it('closes whoever sends a frame that is larger than the dialect’s are', async () => {
      const [socket, other] = [await connect(alice), await connect(bob)];
      socket.send('x'.repeat(FAKE_MAX_FRAME_BYTES));
      expect(await socket.nextText()).toHaveLength(FAKE_MAX_FRAME_BYTES + 'heard '.length);
      socket.send('x'.repeat(FAKE_MAX_FRAME_BYTES + 1));
      expect((await socket.closed).code).toBe(1009);
      other.send('still here');
      expect(await other.nextText()).toBe('heard still here');
      await other.close();
    });

    it('cuts off whoever does not read, and keeps what is for the others', async () => {
      const [socket, other] = [await connect(alice), await connect(bob)];
      await expect.poll(() => lines.length).toBe(2);
      const his = lines.find(({ caller }) => caller.userId === alice.userId)!;
      socket.pause();
      const frame = randomUUID().repeat(10_000);
      // The network takes some megabytes by itself.
      for (let sent = 0; his.isOpen && sent < 50 * MAX_UNREAD_BYTES; sent += frame.length) {
        his.send(frame);
        await other.roundTrip();
      }
      expect([his.isOpen, other.isOpen]).toEqual([false, true]);
      socket.cut();
      await other.close();
    });

    it('tells everybody that the node goes', async () => {
      const sockets = [await connect(alice), await connect(bob, server.ownUrl)];
      for (const depart of server.dialects.departures()) depart();
      const goodbyes = await Promise.all(sockets.map(({ closed }) => closed));
      expect(goodbyes.map(({ code }) => code)).toEqual([1001, 1001]);
      await expect.poll(() => server.dialects.departures()).toEqual([]);
    });
  });
});
