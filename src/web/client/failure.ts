/** Refused for now: the same may succeed later. Whatever else the server refuses stays refused. */
const PASSING: ReadonlySet<string> = new Set([
  'busy',
  'unavailable',
  'internal',
  'rate_limited',
  'unauthenticated',
]);

export interface FailureFacts {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly FailureDetail[] | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

export interface FailureDetail {
  readonly path: string;
  readonly message: string;
}

/**
 * Why something was not done. `code` is one of the server's, or `offline` when there was no answer: then it may have
 * been done all the same.
 */
export class ChatFailure extends Error {
  override readonly name = 'ChatFailure';
  readonly code: string;
  readonly details: readonly FailureDetail[];
  readonly retryAfter: number | undefined;

  constructor({ code, message, details, retryAfter }: FailureFacts) {
    super(message);
    this.code = code;
    this.details = details ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether asking again, the same way, would be refused again. */
  get isFinal(): boolean {
    return this.code !== 'offline' && !PASSING.has(this.code);
  }
}

/** Of whatever `fetch` or the SDK throws: only the server's own refusals carry a word as their `code`. */
export function asFailure(error: unknown): ChatFailure {
  if (error instanceof ChatFailure) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return new ChatFailure({
    code: typeof code === 'string' && /^[a-z_]+$/.test(code) ? code : 'offline',
    message: text,
  });
}
