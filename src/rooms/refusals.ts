import type { Client } from '@colyseus/core';
import { ChatError, type ErrorDetail } from '../chat/errors.ts';
import type { Log } from '../chat/log.ts';
import { asUnavailable } from '../chat/unavailable.ts';

/** What a client is told: `error.code`, `error.message` of a failed request, or an `error` message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[] | undefined;
  /** Seconds; the message says it too, which is all that the error of a request carries. */
  readonly retryAfter?: number | undefined;
}

/** What was refused on purpose may be said; anything else is our fault, and only the log learns of it. */
export function refusalOf(error: unknown, log: Log): Refusal {
  const known = error instanceof ChatError ? error : asUnavailable(error);
  if (known) {
    const { code, message, details, retryAfter } = known;
    return { code, message, ...(details && { details }), ...(retryAfter !== undefined && { retryAfter }) };
  }
  log.error({ err: error }, 'a request to a room failed');
  return { code: 'internal', message: 'something went wrong on our side' };
}

/** The answer to a plain `send()`, which has no other way to learn that it failed. */
export function refuse(client: Pick<Client, 'send'>, request: string | undefined, refusal: Refusal): void {
  client.send('error', { ...refusal, ...(request !== undefined && { request }) });
}
