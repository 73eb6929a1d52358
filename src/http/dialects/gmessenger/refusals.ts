import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ChatError, type ErrorCode } from '../../../chat/errors.ts';

/** What this wire says in words of its own. */
const TEXTS: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'not authenticated',
  wrong_credentials: 'wrong login/password',
  second_factor_required: 'this account has a second factor, which cannot be asked for here',
  username_taken: 'login already exists',
  email_taken: 'login already exists',
};

export interface Refusal {
  readonly error: string;
}

export function refusalBody({ code, message }: ChatError): Refusal {
  return { error: TEXTS[code] ?? message };
}

export function refuse(c: Context, refusal: ChatError, status: ContentfulStatusCode): Response {
  return c.json(refusalBody(refusal), status);
}

export const notAMember = (): ChatError => new ChatError('forbidden', 'you are not a member of this group');
export const noSuchGroup = (): ChatError => new ChatError('not_found', "group doesn't exist");
export const noSuchReceiver = (): ChatError => new ChatError('not_found', "receiver doesn't exist");

/** Does `work`, and says what it did not find as this wire says it. */
export async function orElse<Result>(
  work: Promise<Result>,
  texts: Partial<Record<ErrorCode, () => ChatError>>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const other = error instanceof ChatError ? texts[error.code] : undefined;
    throw other?.() ?? error;
  }
}
