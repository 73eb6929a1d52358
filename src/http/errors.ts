import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Caller } from '../chat/authenticate.ts';
import type { Chat } from '../chat/chat.ts';
import { ChatError, type ErrorCode, type ErrorDetail } from '../chat/errors.ts';
import { asUnavailable } from '../chat/unavailable.ts';
import { clientAddress } from './client-address.ts';

export const STATUS_OF: Record<ErrorCode, ContentfulStatusCode> = {
  bad_request: 400,
  unauthenticated: 401,
  wrong_credentials: 401,
  second_factor_required: 401,
  suspended: 403,
  forbidden: 403,
  blocked: 403,
  not_found: 404,
  conflict: 409,
  username_taken: 409,
  email_taken: 409,
  last_owner: 409,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  busy: 503,
  unavailable: 503,
};

/** Seconds after which it is worth asking again, unless the refusal knows better. */
export const RETRY_AFTER: Partial<Record<ErrorCode, string>> = { busy: '1', unavailable: '1' };

export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details?: readonly ErrorDetail[];
  };
}

export function errorBody({ code, message, details }: ChatError): ErrorBody {
  return { error: details === undefined ? { code, message } : { code, message, details } };
}

type Needs = Pick<Chat, 'log' | 'securityLog'>;

/** The one place where our API turns a failure into an answer. */
export function onError(chat: Needs): ErrorHandler {
  return (error, c) => {
    const refusal = refusalOf(error, c, chat);
    const isTheirs = error instanceof HTTPException && refusal.code !== 'internal';
    return answer(c, refusal, isTheirs ? error.status : undefined);
  };
}

/** What may be told of a failure. The rest of it goes to the log. */
export function refusalOf(error: unknown, c: Context, { log, securityLog }: Needs): ChatError {
  const refusal = asRefusal(error);
  const { method, path } = c.req;
  if (refusal !== undefined) {
    const caller: Caller | undefined = c.get('caller');
    // The pattern of the path: in its place an older client may write a name.
    securityLog.refused(refusal, { ...caller, address: clientAddress(c), method, path: routePath(c, -1) });
    return refusal;
  }
  log.error({ err: error, method, path }, 'a request failed');
  return new ChatError('internal', 'something went wrong on our side');
}

export function answer(c: Context, refusal: ChatError, status?: ContentfulStatusCode): Response {
  const retryAfter = refusal.retryAfter?.toString() ?? RETRY_AFTER[refusal.code];
  if (retryAfter !== undefined) c.header('Retry-After', retryAfter);
  if (refusal.code === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer');
  return c.json(errorBody(refusal), status ?? STATUS_OF[refusal.code]);
}

export function asRefusal(error: unknown): ChatError | undefined {
  if (error instanceof ChatError) return error;
  const unavailable = asUnavailable(error);
  if (unavailable) return unavailable;
  if (!(error instanceof HTTPException) || error.status >= 500) return undefined;
  if (error.status === 413) return new ChatError('too_large', 'the request is larger than it may be');
  if (error.status === 415) return new ChatError('bad_request', 'the body must be application/json');
  return new ChatError('bad_request', error.message || 'this request cannot be understood');
}
