import type { WebSocket } from 'ws';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { findPeerMarks } from '../../../chat/find-peer-marks.ts';
import { deliveredWhenShown } from '../delivered.ts';
import type { Admission, DialectSockets, Knock } from '../dialect.ts';
import { Line } from '../line.ts';
import { bearerOf } from './auth.ts';
import { DESCRIBED, LAST } from './frame-names.ts';
import { receive } from './incoming.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import { kindsOf, Outgoing } from './outgoing.ts';
import type { Tokens } from './tokens.ts';

/** Signed out, or the refresh token that it was opened with is no good any more. */
const UNAUTHORIZED = 4001;

const PATHS = new Set(['/ws/messages', '/ws/messages/']);

interface Guest {
  readonly caller: Caller;
  /** A new access token for who came with one that had expired. */
  readonly access: string | undefined;
}

/** One socket for everything that concerns somebody, on each of their devices. */
export function createSockets(chat: Chat, tokens: Tokens): DialectSockets {
  const kindOf = kindsOf(chat);
  const shown = deliveredWhenShown(chat);

  async function admit(knock: Knock): Promise<Admission | undefined> {
    if (!PATHS.has(knock.path)) return undefined;
    const { caller, access } = await identify(knock);
    const { base, address, query } = knock;
    const names = query.get('dialect') === 'head' ? LAST : DESCRIBED;
    // Before the feed is opened, so that no mark moves in between unseen.
    const marks = await findPeerMarks(chat, caller.userId);
    const outgoing = new Outgoing({ chat, base, names, kindOf, marks });
    return {
      caller,
      enter(socket: WebSocket): void {
        if (access !== undefined) socket.send(JSON.stringify({ type: 'token', access }));
        void Line.open({
          chat,
          socket,
          caller,
          receive: (text, line) => receive(chat, address, text, line),
          present: outgoing.present,
          shown,
          endedCode: UNAUTHORIZED,
        });
      },
    };
  }

  /**
   * Both tokens, of the same person. The refresh token says by which session they are here; an access token that has
   * expired is what it is there to replace. Browsers, which cannot set headers, write them into the query.
   */
  async function identify({ headers, query, address }: Knock): Promise<Guest> {
    const one = (name: string) => query.get(name) ?? undefined;
    const access = bearerOf(headers.authorization) ?? one('access') ?? one('access_token') ?? one('token');
    const header = headers.refresh;
    const refresh = (Array.isArray(header) ? header[0] : header) ?? one('refresh') ?? one('refresh_token');
    if (access === undefined || refresh === undefined) throw unauthorized();
    const found = await tokens.find('refresh', refresh.trim(), address);
    const claims = await tokens.read(access);
    if (found === undefined || claims?.type !== 'access' || claims.userId !== found.caller.userId)
      throw unauthorized();
    if (claims.expired)
      return { caller: found.caller, access: await tokens.newAccess(found.caller.sessionId) };
    if ((await tokens.find('access', access, address)) === undefined) throw unauthorized();
    return { caller: found.caller, access: undefined };
  }

  return {
    maxFrameBytes: MAX_FRAME_BYTES,
    admit,
    refuse: ({ code, message }) => ({
      status: STATUS[code] ?? 503,
      body: { detail: message },
    }),
  };
}

const STATUS: Partial<Record<ChatError['code'], number>> = {
  forbidden: 403,
  unauthenticated: 403,
  not_found: 404,
  rate_limited: 429,
  internal: 500,
};

function unauthorized(): ChatError {
  return new ChatError('forbidden', 'Unauthorized access');
}
