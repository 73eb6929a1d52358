import { ErrorCode as ColyseusCode, createAuthContext, matchMaker } from '@colyseus/core';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import { ChatError, ERROR_CODES, type ErrorCode } from '../chat/errors.ts';
import { asUnavailable } from '../chat/unavailable.ts';
import { clientAddress } from './client-address.ts';
import { RETRY_AFTER, STATUS_OF } from './errors.ts';
import type { Readiness } from './health.ts';
import type { Origins } from './origins.ts';
import { located, type Reseat } from './route-socket.ts';

const METHODS = ['joinOrCreate', 'create', 'join', 'joinById', 'reconnect'] as const;

const pathSchema = z.object({ method: z.enum(METHODS), roomName: z.string().regex(/^[\w-]{1,64}$/) });
/** Flat, as all rooms want them: Colyseus writes them as JSON again on their way, and chokes on ten thousand levels. */
const optionsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export interface MatchmakingOptions {
  readonly chat: Pick<Chat, 'log' | 'securityLog' | 'limits'>;
  readonly readiness: Pick<Readiness, 'accepting'>;
  readonly reseat: Reseat;
  readonly origins: Origins;
}

/**
 * The SDK's first step into a room: a seat. Instead of Colyseus' own listener, which lets every origin in,
 * answers every OPTIONS and tells strangers what went wrong inside.
 */
export function matchmaking({ chat, readiness, reseat, origins }: MatchmakingOptions): Hono {
  const { log, limits, securityLog } = chat;
  const app = new Hono();
  app.post('/:method/:roomName', async (c) => {
    const asked = { method: c.req.method, path: '/matchmake', address: clientAddress(c) };
    if (!origins.mayAct(c.req.header('origin'), c.req.header('host'))) {
      const otherSite = new ChatError('forbidden', 'not from another site');
      securityLog.refused(otherSite, asked);
      return c.json(refusal(otherSite.code, otherSite.message), 403);
    }
    if (!readiness.accepting) {
      return c.json(refusal('unavailable', 'the server is stopping; try again'), 503, { 'Retry-After': '1' });
    }
    const path = pathSchema.safeParse(c.req.param());
    if (!path.success) return c.json(refusal('not_found', 'no such room type'), 404);
    const options = optionsSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!options.success)
      return c.json(refusal('bad_request', 'the options must be a flat JSON object'), 400);
    const { method, roomName } = path.data;
    try {
      // By account in the rooms' `onAuth`, which is where it becomes known.
      limits.take('join', { address: clientAddress(c) });
      const { reconnectionToken } = options.data;
      const back = method === 'reconnect' && (await reseat(String(reconnectionToken)));
      if (back) return c.json(located(back));
      // Not what the headers say about the address, which anybody may write.
      const context = {
        ...createAuthContext({ headers: c.req.raw.headers, req: c.req.raw }),
        ip: clientAddress(c),
      };
      return c.json(located(await matchMaker[method](roomName, options.data, context)));
    } catch (error) {
      const { status, body, retryAfter } = describe(error);
      securityLog.refused({ code: body.code, message: body.error }, asked);
      if (status >= 500) log.error({ err: error, method, roomName }, 'matchmaking failed');
      if (retryAfter !== undefined) c.header('Retry-After', retryAfter);
      return c.json(body, status);
    }
  });
  return app;
}

/** As the SDK reads it: the status becomes its error's `code`, `error` its message. */
interface Refusal {
  readonly code: ErrorCode;
  readonly error: string;
}

function refusal(code: ErrorCode, error: string): Refusal {
  return { code, error };
}

/** What Colyseus itself refuses, in our words. */
const COLYSEUS_CODES: ReadonlyMap<unknown, ErrorCode> = new Map([
  [ColyseusCode.MATCHMAKE_NO_HANDLER, 'not_found'],
  [ColyseusCode.MATCHMAKE_INVALID_CRITERIA, 'not_found'],
  [ColyseusCode.MATCHMAKE_INVALID_ROOM_ID, 'not_found'],
  [ColyseusCode.MATCHMAKE_EXPIRED, 'not_found'],
  [ColyseusCode.AUTH_FAILED, 'unauthenticated'],
]);

/**
 * A refusal of ours may come as Colyseus' error with our code, because it wraps what `onCreate` throws.
 * Everything that is not recognised stays inside.
 */
function describe(error: unknown): Described {
  const known = error instanceof ChatError ? error : asUnavailable(error);
  if (known) {
    const retryAfter = known.retryAfter?.toString() ?? RETRY_AFTER[known.code];
    return { status: STATUS_OF[known.code], body: refusal(known.code, known.message), retryAfter };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  const wrapped = ERROR_CODES.find((each) => each === code) ?? COLYSEUS_CODES.get(code);
  if (wrapped === undefined)
    return { status: 500, body: refusal('internal', 'something went wrong on our side') };
  return { status: STATUS_OF[wrapped], body: refusal(wrapped, String(message)) };
}

interface Described {
  readonly status: ContentfulStatusCode;
  readonly body: Refusal;
  readonly retryAfter?: string | undefined;
}
