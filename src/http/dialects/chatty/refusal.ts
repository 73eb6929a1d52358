import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ChatError, type ErrorCode } from '../../../chat/errors.ts';

const CODES: Record<number, ErrorCode> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  409: 'conflict',
  422: 'bad_request',
};

/** In the original's words, with its status. */
export class Refusal extends ChatError {
  readonly status: ContentfulStatusCode;

  constructor(status: 400 | 401 | 403 | 409 | 422, message: string) {
    super(CODES[status]!, message);
    this.status = status;
  }
}

/** What has no address here is told in plain text, as by the original's file server; that gets every GET, too. */
export function refuse(c: Context, refusal: ChatError, status: ContentfulStatusCode): Response {
  if (refusal.code === 'not_found' || (status === 405 && c.req.method === 'GET')) {
    return c.text('404 page not found\n', 404);
  }
  return c.json({ error: refusal.message }, refusal instanceof Refusal ? refusal.status : status);
}

/** The core's refusals of these codes in the original's words. */
export async function inWords<Result>(
  work: Promise<Result>,
  words: Partial<Record<ErrorCode, readonly [400 | 401 | 403 | 409, string]>>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const found =
      error instanceof ChatError && error.retryAfter === undefined ? words[error.code] : undefined;
    throw found ? new Refusal(...found) : error;
  }
}
