import type { Client } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { ChatError, type ErrorDetail } from '../chat/errors.ts';
import { asUnavailable } from '../chat/unavailable.ts';
import { callerOf } from './occupant.ts';

/** What a client is told: `error.code`, `error.message` of a failed request, or an `error` message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[] | undefined;
  /** Seconds; the message says it too, which is all that the error of a request carries. */
  readonly retryAfter?: number | undefined;
}

export interface Asked {
  readonly client: Pick<Client, 'auth'>;
  /** The name of a request of ours. */
  readonly request: string;
}

/** What was refused on purpose may be said; anything else is our fault, and only the log learns of it. */
export function refusalOf(
  error: unknown,
  { log, securityLog }: Pick<Chat, 'log' | 'securityLog'>,
  { client, request }: Asked,
): Refusal {
  const known = error instanceof ChatError ? error : asUnavailable(error);
  if (known) {
    const { code, message, details, retryAfter } = known;
    securityLog.refused(known, { ...callerOf(client), request });
    return { code, message, ...(details && { details }), ...(retryAfter !== undefined && { retryAfter }) };
  }
  log.error({ err: error }, 'a request to a room failed');
  return { code: 'internal', message: 'something went wrong on our side' };
}

/** The answer to a plain `send()`, which has no other way to learn that it failed. */
export function refuse(client: Pick<Client, 'send'>, request: string | undefined, refusal: Refusal): void {
  client.send('error', { ...refusal, ...(request !== undefined && { request }) });
}
