import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ChatError } from '../../../chat/errors.ts';

/** Some routes call it `error`, the others, and all that their framework says by itself, `detail`. */
export type RefusalKey = 'error' | 'detail';

const KEY = 'refusalKey';

export const saysError: MiddlewareHandler = async (c, next) => {
  c.set(KEY, 'error' satisfies RefusalKey);
  await next();
};

export function refuse(c: Context, refusal: ChatError, status: ContentfulStatusCode): Response {
  const key: RefusalKey = c.get(KEY) ?? 'detail';
  return c.json({ [key]: textOf(refusal) }, status);
}

/** Something that the framework would have refused before the route was asked. */
export function malformed(c: Context, message: string): ChatError {
  c.set(KEY, 'detail' satisfies RefusalKey);
  return new ChatError('bad_request', message);
}

export function textOf({ code, message, retryAfter }: ChatError): string {
  if (code === 'rate_limited' && retryAfter !== undefined)
    return `Request was throttled. Expected available in ${retryAfter} seconds.`;
  return message;
}

/** Runs `work`, and answers in the words of the route what the core refuses for one of these reasons. */
export async function told<Result>(
  work: () => Promise<Result>,
  answers: Partial<Record<ChatError['code'], () => Response>>,
): Promise<Result | Response> {
  try {
    return await work();
  } catch (error) {
    const answer = error instanceof ChatError ? answers[error.code] : undefined;
    if (answer === undefined) throw error;
    return answer();
  }
}
