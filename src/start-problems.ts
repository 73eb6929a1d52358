import type { Config } from './config.ts';
import { StartError } from './start-error.ts';

// What may be wrong around us at the start, in words for the person who starts the server.

export function dataDirProblem(error: Error, { dataDir }: Config): StartError {
  return new StartError(`DATA_DIR: cannot make ${dataDir}: ${reasonOf(error)}`);
}

export function databaseProblem(error: unknown, { databaseUrl, dataDir }: Config): StartError {
  if (databaseUrl === undefined) {
    return new StartError(`DATA_DIR: PGlite does not open in ${dataDir}: ${reasonOf(error)}`);
  }
  const { host, pathname } = new URL(databaseUrl);
  return new StartError(`DATABASE_URL: no PostgreSQL at ${host}${pathname}: ${reasonOf(error)}`);
}

export function natsProblem(error: Error): StartError {
  return new StartError(`NATS_URL: ${reasonOf(error)}`);
}

/** `variable`: where the port was named. */
export function listenProblem(
  error: NodeJS.ErrnoException,
  { port, host }: Pick<Config, 'port' | 'host'>,
  variable = 'PORT',
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `${variable}: ${port} is taken by another program; stop it or choose another port`,
      );
    case 'EACCES':
      return new StartError(`${variable}: this user may not listen on ${port}; choose one above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`HOST: "${host}" is no address of this machine`);
    default:
      return error;
  }
}

/** One line; Node wraps a refused connection in an error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  const { message, code, cause } = (error ?? {}) as { message?: string; code?: string; cause?: unknown };
  const [line] = (message || code || '').split('\n');
  return line || (cause === undefined ? 'no answer' : reasonOf(cause));
}
