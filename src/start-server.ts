import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalDriver, LocalPresence, matchMaker } from '@colyseus/core';
import { InProcessBus } from './bus/in-process-bus.ts';
import { createChat } from './chat/chat.ts';
import type { Log } from './chat/log.ts';
import { findByUsername } from './chat/user-lookup.ts';
import type { Config } from './config.ts';
import { lockDataDir } from './data-lock.ts';
import { type Database, migrate, openDatabase, query } from './entities/database.ts';
import { createApp } from './http/app.ts';
import { createHttpServer, listen, stopListening } from './http/server.ts';
import { attachSockets, type Sockets } from './http/sockets.ts';
import { openMailer } from './mail.ts';
import { defineRooms } from './rooms/define-rooms.ts';
import { loadSecret } from './secret.ts';
import { databaseProblem, dataDirProblem, listenProblem } from './start-problems.ts';

const ROOMS_SETTLE_MS = 500;

export interface RunningServer {
  readonly port: number;
  /** Where it is reached from this machine. */
  readonly url: string;
  /** What it uses, in words for people. */
  readonly database: string;
  readonly bus: string;
  readonly mail: string;
  /** Names in ADMINS that nobody has yet: whoever signs up with one first is an admin. */
  readonly missingAdmins: readonly string[];
  /** Lets go of the clients, writes what is queued, closes everything. A second call waits for the first. */
  stop(): Promise<void>;
}

/** PGlite never asks the disk to flush, whatever `fsync` says: its file system has no such call. */
const PGLITE_TRUTH = 'survives a crash of the server, not a power cut; set DATABASE_URL for PostgreSQL';

/** Puts everything together, from the bottom up; whatever was opened is closed again in reverse order. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const opened = new AsyncDisposableStack();
  try {
    return await start(config, log, opened);
  } catch (error) {
    await opened.disposeAsync().catch((problem) => log.error({ err: problem }, 'could not clean up'));
    throw error;
  }
}

async function start(config: Config, log: Log, opened: AsyncDisposableStack): Promise<RunningServer> {
  const shared = config.databaseUrl !== undefined;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((error) => {
    throw dataDirProblem(error, config);
  });
  if (!shared) {
    const lock = await lockDataDir(config.dataDir);
    opened.defer(() => lock.release());
  }
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    poolSize: config.databasePool,
  });
  opened.defer(() => database.close(true));
  await query(database.em.fork(), 'select 1', []).catch((error) => {
    throw databaseProblem(error, config);
  });
  await migrate(database, shared);

  const bus = new InProcessBus((error, topic) =>
    log.error({ err: error, topic }, 'a listener of the bus failed'),
  );
  opened.defer(() => bus.close());
  const secret = await loadSecret(config.jwtSecret, config.dataDir);
  const { admins, positionCheckMs, leaseMs, dataDir, smtpUrl, mailFrom: from } = config;
  const mailer = openMailer({ smtpUrl, from, dataDir, log });
  opened.defer(() => mailer.close());
  const ownUrl = (port: number) => `http://${addressOf(config.host)}:${port}`;
  // Never from a request: whoever sends one chooses its Host. The port is known once it is taken.
  let publicUrl = config.publicUrl ?? ownUrl(config.port);
  const chat = createChat({
    database,
    bus,
    log,
    mailer,
    publicUrl: () => publicUrl,
    secret,
    admins,
    positionCheckMs,
    leaseMs,
  });
  await chat.start();
  opened.defer(() => chat.stop());

  const readiness = { accepting: false, database: shared ? 'postgresql' : 'pglite', bus: 'in-process' };
  const secure = config.publicUrl?.startsWith('https:') ?? false;
  const server = createHttpServer(
    createApp({ chat, readiness, allowedOrigins: config.allowedOrigins, secure }),
  );
  const sockets = attachSockets(server, log);
  // A new room opens on the node that was asked.
  await matchMaker.setup(new LocalPresence(), new LocalDriver(), undefined, async () => matchMaker.processId);
  defineRooms(chat);
  await matchMaker.accept();
  opened.defer(() => sockets.close());
  opened.defer(() => closeRooms(sockets, config.drainMs));

  const port = await listen(server, config.port, config.host).catch((error) => {
    throw listenProblem(error, config);
  });
  publicUrl = config.publicUrl ?? ownUrl(port);
  opened.defer(() => {
    readiness.accepting = false;
    // Settles when the rooms and the sockets are gone, which is what comes next.
    void stopListening(server);
  });
  readiness.accepting = true;

  let stopped: Promise<void> | undefined;
  return {
    port,
    url: ownUrl(port),
    database: shared ? 'PostgreSQL' : `PGlite in ${config.dataDir} (${PGLITE_TRUTH})`,
    bus: 'in-process (one node)',
    mail: mailer.description,
    missingAdmins: await missingAdmins(database, admins),
    stop: () => {
      stopped ??= opened.disposeAsync();
      return stopped;
    },
  };
}

/**
 * Every client is told that this node goes (4010) and gets the time to hear it. A seat that was given and not
 * taken keeps its room open for 15 s, with nobody in it: those get a moment, and all together half of the time
 * for stopping.
 */
async function closeRooms(sockets: Sockets, drainMs: number): Promise<void> {
  const rooms = matchMaker.gracefullyShutdown();
  const settled = sockets.allGone().then(() => Promise.race([rooms, delay(ROOMS_SETTLE_MS)]));
  await Promise.race([settled, delay(drainMs / 2)]);
  matchMaker.presence.shutdown();
  await matchMaker.driver.shutdown();
}

async function missingAdmins(database: Database, admins: readonly string[]): Promise<string[]> {
  const em = database.em.fork();
  const found = await Promise.all(
    admins.map(async (name) => ((await findByUsername(em, name)) ? [] : [name])),
  );
  return found.flat();
}

function addressOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
