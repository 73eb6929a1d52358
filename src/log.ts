import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

const STANDARD_ERROR = 2;
/** Errors inside errors. */
const MAX_DEPTH = 4;

/** Lines of JSON on standard error; standard output belongs to the few lines for people. */
export function createLog(level: LogLevel): Logger {
  return pino(
    {
      level,
      // Nobody should log these. Should somebody, they do not get far.
      redact: ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie'].flatMap(
        (secret) => [secret, `*.${secret}`, `*.*.${secret}`],
      ),
      serializers: { err: describeError },
    },
    pino.destination({ fd: STANDARD_ERROR, sync: true }),
  );
}

/** What an error may say besides its message. */
const FACTS = ['code', 'errno', 'syscall', 'address', 'port', 'severity', 'table', 'constraint', 'routine'];

/**
 * Only what is named: a database's errors carry the whole statement and everything that was to be written, with
 * people's texts and hashes.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause, ...rest } = error as Error & Record<string, unknown>;
  const inner = depth < MAX_DEPTH;
  return {
    type: error.constructor.name,
    name,
    message,
    stack,
    ...Object.fromEntries(FACTS.filter((fact) => rest[fact] !== undefined).map((fact) => [fact, rest[fact]])),
    ...(inner && cause !== undefined && { cause: describeError(cause, depth + 1) }),
    ...(inner &&
      error instanceof AggregateError && {
        errors: error.errors.slice(0, MAX_DEPTH).map((each) => describeError(each, depth + 1)),
      }),
  };
}
