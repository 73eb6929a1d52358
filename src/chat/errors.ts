/** Everything that can be wrong with what somebody asks. Clients switch on the code, never on the text. */
export const ERROR_CODES = [
  'bad_request',
  'unauthenticated',
  'wrong_credentials',
  'second_factor_required',
  'suspended',
  'forbidden',
  'not_found',
  'conflict',
  'username_taken',
  'email_taken',
  'blocked',
  'last_owner',
  'too_large',
  'rate_limited',
  'busy',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** A refusal that the caller may read. Whatever else is thrown is our fault and stays inside. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;
  /** Seconds after which the same may succeed, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details?: readonly ErrorDetail[], retryAfter?: number) {
    super(message);
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
  }
}
