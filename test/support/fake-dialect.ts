import type { Server } from 'node:http';
import { Hono } from 'hono';
import type { Caller } from '../../src/chat/authenticate.ts';
import { ChatError } from '../../src/chat/errors.ts';
import { openDialog } from '../../src/chat/open-dialog.ts';
import { createGuest } from '../../src/chat/sign-up.ts';
import type { App } from '../../src/http/app.ts';
import { ClientAddresses } from '../../src/http/client-address.ts';
import { createDialectApp } from '../../src/http/dialects/app.ts';
import type { Dialect, DialectNeeds } from '../../src/http/dialects/dialect.ts';
import { Line, type LineOptions } from '../../src/http/dialects/line.ts';
import { STATUS_OF } from '../../src/http/errors.ts';
import { Origins } from '../../src/http/origins.ts';
import { OtherNodes } from '../../src/http/other-nodes.ts';
import { createHttpServer, listen, patienceFor } from '../../src/http/server.ts';
import { SocketDoor } from '../../src/http/socket-door.ts';
import { SpliceMarks } from '../../src/http/splice-marks.ts';
import { type OpenedDialects, openDialects } from '../../src/open-dialects.ts';
import { type Core, silentLog } from './core.ts';

export const FAKE_MAX_FRAME_BYTES = 2_000;
/** As nothing else closes. */
export const FAKE_ENDED_CODE = 4_777;

/** What the fake dialect does with frames and events, to be changed by each test. */
export interface FakeTalk {
  receive: LineOptions['receive'];
  present: LineOptions['present'];
  shown: NonNullable<LineOptions['shown']>;
  /** Throws what it refuses. */
  knocked: () => void | Promise<void>;
  opened: (line: Line) => void;
}

export interface FakeServer {
  readonly url: string;
  /** The root of the dialect's own port. */
  readonly ownUrl: string;
  readonly dialects: OpenedDialects;
  readonly closed: readonly string[];
  /** Where somebody's socket is. */
  socketUrl(caller: Caller, base?: string): string;
  stop(): Promise<void>;
}

/** The shared frame around a dialect that has no words of its own, over a real core; the rest of the server is not there. */
export async function startFakeDialect(core: Core, talk: FakeTalk): Promise<FakeServer> {
  const { chat } = core;
  const closed: string[] = [];
  const addresses = new ClientAddresses([]);
  const bus = { kind: 'none', works: () => true, counters: () => undefined };
  const readiness = { accepting: true, database: 'pglite', bus };
  const door = new SocketDoor({ readiness, addresses, socketsPerAddress: undefined });
  const origins = new Origins({ allowed: ['https://app.example'], publicUrl: undefined });
  const otherNodes = new OtherNodes({
    nodes: { find: async () => undefined },
    marks: new SpliceMarks(chat.keys),
    here: 'here',
  });
  const main: App = new Hono();
  main.all('*', (c) => c.text('the rest of the server'));
  const dialects = await openDialects(main, {
    dialects: [{ name: 'fake-one', load: async () => fakeDialect(talk, closed) }],
    config: {
      ...{ port: 0, host: '127.0.0.1', dataDir: '', dialectPorts: { 'fake-one': 0 } },
      media: { uploadMs: 10_000 } as never,
    },
    ...{ log: silentLog, door },
    needs: {
      ...{ chat, addresses, origins, door, otherNodes, secure: false },
      ...{ longPollMs: 100, switches: new Set<string>() },
    },
  });
  const server: Server = createHttpServer(dialects, silentLog, patienceFor(10_000));
  server.on('upgrade', (request, socket, head) => {
    if (!dialects.upgrade({ request, socket, head })) socket.destroy();
  });
  const port = await listen(server, 0, '127.0.0.1');
  const [own] = await dialects.listen();
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ url, dialects, closed, ownUrl: `http://127.0.0.1:${own!.port}` },
    socketUrl: ({ userId, sessionId }, base = `${url}/fake-one`) =>
      `${base}/line?user=${userId}&session=${sessionId}`,
    async stop() {
      dialects.stopListening();
      server.close();
      await dialects.close();
      door.close();
      // What goes with a socket is still written down.
      await door.allGone();
    },
  };
}

function fakeDialect(talk: FakeTalk, closed: string[]): Dialect {
  return {
    open: (needs) => ({
      createApp: (base) => fakeApp(base, needs),
      async close() {
        closed.push('dialect');
      },
      sockets: {
        maxFrameBytes: FAKE_MAX_FRAME_BYTES,
        async admit({ path, query }) {
          if (path !== '/line') return undefined;
          await talk.knocked();
          const caller = { userId: query.get('user')!, sessionId: query.get('session')! };
          return { caller, enter: (socket) => void open(talk, closed, needs, { caller, socket }) };
        },
        refuse: (refusal) => ({ status: STATUS_OF[refusal.code], body: { no: refusal.code } }),
      },
    }),
  };
}

async function open(
  talk: FakeTalk,
  closed: string[],
  { chat }: DialectNeeds,
  who: Pick<LineOptions, 'caller' | 'socket'>,
): Promise<void> {
  const line = await Line.open({
    ...{ chat, ...who, endedCode: FAKE_ENDED_CODE },
    receive: (text, line) => talk.receive(text, line),
    present: (event, line) => talk.present(event, line),
    shown: (event, line) => talk.shown(event, line),
    onClose: () => closed.push(who.caller.userId),
  });
  talk.opened(line);
}

function fakeApp(base: string, needs: DialectNeeds): App {
  const app = createDialectApp(needs, {
    base,
    ...{ allowHeaders: ['X-Fake'], maxBytes: 100, readsItself: (_method, path) => path === '/large' },
    refuse: (c, { code, message }, status) => c.json({ no: code, message }, status),
  });
  app.get(`${base}/where`, (c) => c.text(`at "${base}"`));
  app.post(`${base}/small`, async (c) => c.text(await c.req.text()));
  app.post(`${base}/large`, async (c) => c.text(String((await c.req.text()).length)));
  app.get(`${base}/busy`, () => {
    throw new ChatError('busy', 'come back');
  });
  app.get(`${base}/broken`, () => {
    throw new Error('a secret of ours');
  });
  return app;
}

/** Somebody who is signed in. */
export async function somebody({ chat }: Core): Promise<Caller> {
  let sessionId = '';
  const guest = await createGuest(chat, {
    device: 'fake',
    terms: {
      async alongside(_em, session) {
        sessionId = session.id;
      },
    },
  });
  return { userId: guest.user.id, sessionId };
}

export async function write({ chat }: Core, from: Caller, to: Caller, ...texts: string[]): Promise<void> {
  const conversationId = await openDialog(chat, from.userId, { userId: to.userId });
  const message = { conversationId, senderId: from.userId, clientId: null, replyTo: null, attachments: [] };
  await Promise.all(texts.map((text) => chat.messages.append({ ...message, text })));
}

/** Its own words are its frames: what is heard is said back, what is written is shown. */
export function plainTalk(): FakeTalk {
  return {
    receive: async (text, line) => line.send(`heard ${text}`),
    present: (event) => (event.type === 'message' ? event.message.text : undefined),
    shown: () => {},
    knocked: () => {},
    opened: () => {},
  };
}
