import { rm } from 'node:fs/promises';
import type { Log } from '../../src/chat/log.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/start-server.ts';
import { createDataDir, createEmptyDataDir } from './data-dir.ts';
import { createTestDatabase } from './test-database.ts';

export interface TestServerOptions {
  /** Without it one of its own in the PostgreSQL of this run, as a PGlite of its own takes ten times as long to start. */
  readonly databaseUrl?: string;
  /** Kept when given, with the PGlite in it; otherwise a temporary one, gone after `stop`. */
  readonly dataDir?: string;
  readonly config?: Partial<Config>;
  /** Without it the server has nothing to say. */
  readonly log?: Log;
}

export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  /** The root of a dialect's own port; its `config.dialectPorts` must name one (0 takes a free one). */
  ownUrl(dialect: string): string;
  /** Asks the API at `/api/v1`. */
  readonly api: Api;
  /** A new account with this name, signed in. */
  signUp(username: string, fields?: Record<string, unknown>): Promise<Person>;
  stop(): Promise<void>;
}

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Asks the API as this person. */
  readonly api: Api;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export type Api = (method: string, path: string, body?: unknown) => Promise<Answer>;

export const PASSWORD = 'correct horse battery';

/** Now and then worth its time: the servers of all tests that do not mind, on what `npm start` uses. */
const ALL_ON_PGLITE = process.env.TEST_DATABASE === 'pglite';

/** The whole server in this process, on a port of its own. One at a time: Colyseus' matchmaker is global. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const onPGlite = options.databaseUrl === undefined && (options.dataDir !== undefined || ALL_ON_PGLITE);
  const dataDir = options.dataDir ?? (await (onPGlite ? createDataDir() : createEmptyDataDir()));
  const databaseUrl = onPGlite ? undefined : (options.databaseUrl ?? (await createTestDatabase()));
  const config: Config = {
    ...readConfig({}),
    port: 0,
    host: '127.0.0.1',
    dataDir,
    databaseUrl,
    positionCheckMs: 200,
    // Everybody comes from the same address.
    rates: undefined,
    socketsPerAddress: undefined,
    logLevel: 'silent',
    ...options.config,
  };
  const server = await startServer(config, options.log ?? createLog(config.logLevel));
  const api = apiOf(server.url);
  return {
    url: server.url,
    dataDir,
    ownUrl: (dialect) => {
      const port = server.ownPorts.find(({ name }) => name === dialect)?.port;
      if (port === undefined) throw new Error(`${dialect} has no port of its own here`);
      return `http://127.0.0.1:${port}`;
    },
    api,
    signUp: (username, fields) => signUp(server.url, username, fields),
    async stop() {
      await server.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Works with a server in another process, too. */
export async function signUp(
  url: string,
  username: string,
  fields: Record<string, unknown> = {},
): Promise<Person> {
  const { status, body } = await apiOf(url)('POST', '/accounts', { username, password: PASSWORD, ...fields });
  if (status !== 201) throw new Error(`${username} could not sign up: ${JSON.stringify(body)}`);
  const { user, accessToken, refreshToken } = body;
  return {
    id: user.id,
    username,
    password: PASSWORD,
    accessToken,
    refreshToken,
    api: apiOf(url, accessToken),
  };
}

export function apiOf(url: string, token?: string): Api {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}
