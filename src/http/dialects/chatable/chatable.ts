import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { endSession } from '../../../chat/end-session.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { Visitor } from '../../../chat/open-session.ts';
import { bearerToken } from '../../api/kit.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import { createDialectApp } from '../app.ts';
import type { Dialect, DialectNeeds } from '../dialect.ts';
import { type Fields, readFields } from '../fields.ts';
import { authenticate } from './authenticate.ts';
import { type Envelope, failure, PER_PAGE, success } from './envelope.ts';
import { textOf } from './form.ts';
import { readInbox, readThread } from './reading.ts';
import { register } from './registration.ts';
import { refresh, signIn } from './sign-in.ts';
import { createSockets } from './socket.ts';

/** Clients that sign their tokens themselves, write by WebSocket and read by pages. */
export const chatable: Dialect = {
  open: (needs) => ({
    createApp: (base) => createApp(base, needs),
    sockets: createSockets(needs.chat),
  }),
};

function createApp(base: string, needs: DialectNeeds): App {
  const { chat } = needs;
  const app = createDialectApp(needs, {
    base,
    allowHeaders: ['ClientID'],
    refuse: (c, refusal, status) => answer(c, failure(refusal, status), status),
  });
  return app.route(`${base}/api`, routes(chat));
}

function routes(chat: Chat): App {
  const app: App = new Hono();
  app.post('/register', async (c) => {
    chat.limits.take('sign-up', { address: clientAddress(c) });
    return answer(c, success([await register(chat, await readFields(c), visitor(c))]));
  });

  app.on(['POST', 'PUT'], '/auth_token', async (c) => {
    chat.limits.take('sign-in', { address: clientAddress(c) });
    const fields = await readFields(c);
    const keys = wantsRefresh(c, fields)
      ? await refresh(chat, fields, clientAddress(c))
      : await signIn(chat, fields, visitor(c));
    return answer(c, success([keys]));
  });

  app.delete('/auth_token', async (c) => {
    const caller = await callerOf(chat, c);
    await endSession(chat, caller, caller.sessionId);
    return answer(c, success([]));
  });

  app.get('/inbox', async (c) => {
    const { userId } = await callerOf(chat, c);
    const page = pageOf(c);
    return answer(c, success(await readInbox(chat, userId, page), page));
  });

  app.get('/thread/:username', async (c) => {
    const { userId } = await callerOf(chat, c);
    const page = pageOf(c);
    return answer(c, success(await readThread(chat, userId, c.req.param('username'), page), page));
  });

  app.get('/ws', async (c) => {
    await callerOf(chat, c);
    throw new ChatError('bad_request', 'this is the address of a WebSocket');
  });
  return app;
}

function answer(c: Context, envelope: Envelope, status: ContentfulStatusCode = 200): Response {
  return c.json(envelope, status, { 'Content-Type': 'application/json; charset=utf-8' });
}

/** The header first, then what a client can write into an address or a form. */
async function callerOf(chat: Chat, c: Context): Promise<Caller> {
  const token = bearerToken(c.req.header('authorization')) ?? c.req.query('access_token');
  return authenticate(chat, token ?? (await tokenInForm(c)), clientAddress(c));
}

async function tokenInForm(c: Context): Promise<string | undefined> {
  return c.req.method === 'DELETE' ? textOf((await readFields(c)).access_token) : undefined;
}

function wantsRefresh(c: Context, fields: Fields): boolean {
  if (c.req.method === 'PUT') return true;
  return textOf(fields.refresh_token) !== '' && textOf(fields.username) === '';
}

/** The number that the old server kept of each client tells its owner's sessions apart. */
function visitor(c: Context): Visitor {
  const [id] = /^-?\d{1,10}$/.exec(c.req.header('clientid') ?? '') ?? [];
  return { device: id === undefined ? 'chatable' : `chatable, client ${id}`, address: clientAddress(c) };
}

function pageOf(c: Context): number {
  const page = Number(/^\d+$/.exec(c.req.query('page') ?? '')?.[0] ?? 1);
  return page >= 1 && Number.isSafeInteger(page * PER_PAGE) ? page : 1;
}
