import type { ChatError } from '../../../chat/errors.ts';

export const PER_PAGE = 10;

/** What every answer is wrapped in. */
export interface Envelope {
  readonly status: 'success' | 'fail';
  readonly data: readonly object[];
  readonly error: {
    readonly code: number;
    readonly errors: Readonly<Record<string, string>> | null;
    readonly message: string;
  };
  readonly page: number;
  readonly per_page: number;
  /** How many there are in `data`, whatever its name says. */
  readonly current_page: number;
}

export function success(data: readonly object[], page = 1): Envelope {
  const error = { code: 200, errors: null, message: '' };
  return { status: 'success', data, error, page, per_page: PER_PAGE, current_page: data.length };
}

export function failure(refusal: ChatError, code: number): Envelope {
  const error = { code, ...inWords(refusal, code) };
  return { status: 'fail', data: [], error, page: 1, per_page: PER_PAGE, current_page: 0 };
}

/** As all times on this wire: without the zeros at the end of the fraction. */
export function wireTime(iso: string): string {
  return iso.replace(/(?:\.0*|(\.\d*?)0+)Z$/, '$1Z');
}

function inWords({ code, message, details }: ChatError, status: number): Omit<Envelope['error'], 'code'> {
  if (code === 'bad_request' && details !== undefined) {
    const errors = Object.fromEntries(details.map((detail) => [detail.path, detail.message]));
    return { errors, message: 'Form error' };
  }
  if (code === 'internal')
    return { errors: { error: 'internal server error' }, message: 'Internal server error' };
  // Who is asked for a second factor has to be told that it is not the password.
  if (code === 'second_factor_required')
    return { errors: { error: message }, message: 'Authentication error' };
  if (status === 401) return { errors: { error: 'Unauthenticated' }, message: 'Authentication error' };
  return { errors: { error: message }, message: status < 500 ? 'User error' : 'Internal server error' };
}
