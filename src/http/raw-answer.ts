import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ChatError } from '../chat/errors.ts';
import { errorBody, RETRY_AFTER, STATUS_OF } from './errors.ts';

/** Refuses, in the form of the API, where there is no response object to do it with; the connection ends. */
export function answerRaw(
  socket: Duplex,
  refusal: ChatError,
  status: number = STATUS_OF[refusal.code],
): void {
  writeRaw(socket, refusal, { status, body: errorBody(refusal) });
}

/** The same with a status and a body of one's own. */
export function writeRaw(
  socket: Duplex,
  refusal: ChatError,
  { status, body }: { readonly status: number; readonly body: unknown },
): void {
  const text = JSON.stringify(body);
  const retryAfter = refusal.retryAfter?.toString() ?? RETRY_AFTER[refusal.code];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'X-Content-Type-Options: nosniff',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}
