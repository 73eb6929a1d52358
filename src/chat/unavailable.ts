import { sqlState } from '../entities/database.ts';
import { ChatError } from './errors.ts';

/** Broken connections, a server that starts or stops, one that has no room left, or lost its patience with us or our statement. */
const UNAVAILABLE_STATES = /^(08|57P|57014|53|25P03)/;
const BROKEN_LINES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
/** What `pg` says without any code. */
const BROKEN_WORDS =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying/;

/** A database that cannot be reached is nobody's mistake and passes: worth saying so, and worth trying again. */
export function asUnavailable(error: unknown): ChatError | undefined {
  if (!UNAVAILABLE_STATES.test(sqlState(error) ?? '') && !isBrokenLine(error)) return undefined;
  return new ChatError('unavailable', 'the database cannot be reached; try again soon');
}

function isBrokenLine(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isBrokenLine);
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return BROKEN_LINES.has(String(code)) || BROKEN_WORDS.test(error.message) || isBrokenLine(error.cause);
}
