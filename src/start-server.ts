import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { matchMaker } from '@colyseus/core';
import { unspentAdminNames } from './chat/admins.ts';
import { createChat } from './chat/chat.ts';
import { KeyRing } from './chat/key-ring.ts';
import type { Log } from './chat/log.ts';
import type { Config } from './config.ts';
import { lockDataDir } from './data-lock.ts';
import { closeDatabase, migrate, openDatabase, PATIENCE, query } from './entities/database.ts';
import { createApp } from './http/app.ts';
import { ClientAddresses } from './http/client-address.ts';
import { dialects as allDialects } from './http/dialects/index.ts';
import { Origins } from './http/origins.ts';
import { OtherNodes } from './http/other-nodes.ts';
import type { Reseat } from './http/route-socket.ts';
import { createHttpServer, listen, patienceFor, stopListening } from './http/server.ts';
import { SocketDoor } from './http/socket-door.ts';
import { attachSockets, type Sockets } from './http/sockets.ts';
import { SpliceMarks } from './http/splice-marks.ts';
import { openMailer } from './mail.ts';
import { nodeAddress } from './node-address.ts';
import { readNodeFacts } from './node-facts.ts';
import { openIdentityProvider } from './oidc.ts';
import { openBus } from './open-bus.ts';
import { type OpenedDialects, openDialects } from './open-dialects.ts';
import { type OpenedMatchmaker, openMatchmaker } from './open-matchmaker.ts';
import { openMedia } from './open-media.ts';
import { defineRooms, type Rooms } from './rooms/define-rooms.ts';
import { reseat } from './rooms/reseat.ts';
import { loadSecret } from './secret.ts';
import { databaseProblem, dataDirProblem, listenProblem } from './start-problems.ts';
import { inWaves } from './waves.ts';
import { openWebBundle } from './web-bundle.ts';

const ROOMS_SETTLE_MS = 500;

export interface RunningServer {
  readonly port: number;
  /** Where it is reached from this machine. */
  readonly url: string;
  /** What it uses, in words for people. */
  readonly database: string;
  readonly bus: string;
  readonly mail: string;
  readonly media: string;
  /** The older servers' ports, if they have any. */
  readonly ownPorts: readonly { readonly name: string; readonly port: number }[];
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
  const databaseOptions = {
    url: config.databaseUrl,
    dataDir: config.dataDir,
    poolSize: config.databasePool,
    patience: PATIENCE,
  };
  const database = await openDatabase(databaseOptions);
  opened.defer(() => closeDatabase(database));
  await query(database.em.fork(), 'select 1', []).catch((error) => {
    throw databaseProblem(error, config);
  });
  await migrate(database, databaseOptions);

  const { bus, ...busFacts } = await openBus(config, log);
  opened.defer(() => bus.close());
  const secret = await loadSecret(config.jwtSecret, config.dataDir);
  const keys = new KeyRing(
    secret,
    config.jwtSecretsPrevious.map((text) => Buffer.from(text)),
  );
  const { admins, positionCheckMs, leaseMs, dataDir, smtpUrl, mailFrom: from } = config;
  const mailer = openMailer({ smtpUrl, from, dataDir, log });
  opened.defer(() => mailer.close());
  const media = await openMedia(config, log);
  opened.defer(() => media.close());
  const ownUrl = (port: number) => `http://${addressOf(config.host)}:${port}`;
  // Never from a request: whoever sends one chooses its Host. The port is known once it is taken.
  let publicUrl = config.publicUrl ?? ownUrl(config.port);
  let address = config.nodeAddress;
  const chat = createChat({
    database,
    bus,
    log,
    mailer,
    mediaStore: media.store,
    mediaLimits: config.media,
    publicUrl: () => publicUrl,
    allowedOrigins: config.allowedOrigins,
    keys,
    identityProvider: config.oidc && openIdentityProvider(config.oidc, log),
    admins,
    rates: config.rates,
    positionCheckMs,
    leaseMs,
    nodeFacts: readNodeFacts(() => address),
  });
  await chat.start();
  opened.defer(() => chat.stop());

  const readiness = {
    accepting: false,
    database: shared ? 'postgresql' : 'pglite',
    bus: busFacts.health,
  };
  const matchmaker = await openMatchmaker(config, { database, bus, keys, log });
  opened.defer(() => matchmaker.close());
  const rooms = defineRooms(chat);
  await matchMaker.accept();
  const comeBack: Reseat = (token) => reseat(chat, token);
  const secure = config.publicUrl?.startsWith('https:') ?? false;
  const addresses = new ClientAddresses(config.trustedProxies);
  const origins = new Origins({ allowed: config.allowedOrigins, publicUrl: config.publicUrl });
  const { metricsToken, securityContact } = config;
  const app = createApp({
    ...{ chat, readiness, reseat: comeBack, addresses, origins, secure, metricsToken, securityContact },
    webFiles: openWebBundle(log),
    socketsElsewhere: config.publicAddress !== undefined,
  });
  const door = new SocketDoor({ readiness, addresses, socketsPerAddress: config.socketsPerAddress });
  opened.defer(() => door.close());
  const marks = new SpliceMarks(keys);
  const otherNodes = new OtherNodes({ nodes: matchmaker.nodes, marks, here: matchMaker.processId });
  const { longPollMs } = config;
  const switches = new Set(config.dialectSwitches);
  const needs = { chat, addresses, origins, door, otherNodes, secure, longPollMs, switches };
  const dialects = await openDialects(app, { dialects: allDialects, config, log, needs, door });
  opened.defer(() => dialects.close());
  const server = createHttpServer(dialects, log, patienceFor(config.media.uploadMs));
  const sockets = attachSockets(server, {
    ...{ log, securityLog: chat.securityLog, addresses, door, origins, marks, nodes: matchmaker.nodes },
    reseat: comeBack,
    elsewhere: (upgrade) => dialects.upgrade(upgrade),
  });
  opened.defer(() => sockets.close());
  opened.defer(() => closeSockets({ matchmaker, rooms, sockets, dialects, door }, config.drainMs, log));

  const port = await listen(server, config.port, config.host).catch((error) => {
    throw listenProblem(error, config);
  });
  publicUrl = config.publicUrl ?? ownUrl(port);
  opened.defer(() => {
    readiness.accepting = false;
    // Settles when the rooms and the sockets are gone, which is what comes next.
    void stopListening(server);
    dialects.stopListening();
  });
  const ownPorts = await dialects.listen();
  address ??= nodeAddress(config, port);
  await matchmaker.announce(address);
  readiness.accepting = true;

  let stopped: Promise<void> | undefined;
  return {
    port,
    url: ownUrl(port),
    database: shared ? 'PostgreSQL' : `PGlite in ${config.dataDir} (${PGLITE_TRUTH})`,
    bus: busFacts.description,
    mail: mailer.description,
    media: media.description,
    ownPorts,
    missingAdmins: await unspentAdminNames(chat),
    stop: () => {
      stopped ??= opened.disposeAsync();
      return stopped;
    },
  };
}

interface OpenSockets {
  readonly matchmaker: OpenedMatchmaker;
  readonly rooms: Rooms;
  readonly sockets: Sockets;
  readonly dialects: OpenedDialects;
  readonly door: SocketDoor;
}

/**
 * First nobody finds this node's rooms any more. Then its clients are told, wave by wave, that it goes (4010), and
 * come back on another node, where their rooms open again. A seat that was given and not taken keeps its room open
 * for 15 s, with nobody in it: those get a moment, and all together half of the time for stopping.
 */
async function closeSockets(
  { matchmaker, rooms, sockets, dialects, door }: OpenSockets,
  drainMs: number,
  log: Log,
): Promise<void> {
  const deadline = delay(drainMs / 2);
  await matchmaker
    .withdraw()
    .catch((error) => log.warn({ err: error }, 'the other nodes could not be told that this one goes'));
  await inWaves([...rooms.departures(), ...sockets.splices(), ...dialects.departures()], drainMs / 3);
  const closed = matchMaker
    .gracefullyShutdown()
    .catch((error) => log.warn({ err: error }, 'the rooms did not close in good order'));
  const settled = door.allGone().then(() => Promise.race([closed, delay(ROOMS_SETTLE_MS)]));
  await Promise.race([settled, deadline]);
}

function addressOf(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
