import { type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

const STANDARD_ERROR = 2;

/** Lines of JSON on standard error; standard output belongs to the few lines for people. */
export function createLog(level: LogLevel): Logger {
  return pino(
    {
      level,
      // Nobody should log these. Should somebody, they do not get far.
      redact: ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie'].flatMap(
        (secret) => [secret, `*.${secret}`, `*.*.${secret}`],
      ),
    },
    pino.destination({ fd: STANDARD_ERROR, sync: true }),
  );
}
