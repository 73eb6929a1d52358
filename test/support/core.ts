import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '../../src/bus/bus.ts';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { type Chat, createChat } from '../../src/chat/chat.ts';
import { KeyRing } from '../../src/chat/key-ring.ts';
import type { Rates } from '../../src/chat/rates.ts';
import { SecurityLog } from '../../src/chat/security-log.ts';
import { createGuest } from '../../src/chat/sign-up.ts';
import { migrate, openDatabase } from '../../src/entities/database.ts';
import { openMediaFolder } from '../../src/media-folder.ts';
import { createDataDir, createEmptyDataDir } from './data-dir.ts';
import { createTestDatabase } from './test-database.ts';

export type DatabaseKind = 'PGlite' | 'PostgreSQL';

export interface Core {
  readonly chat: Chat;
  /** A new person; answers their id. */
  person(name: string): Promise<string>;
  close(): Promise<void>;
}

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
export const silentLogs = { log: silentLog, securityLog: new SecurityLog(silentLog) };

export interface CoreOptions {
  readonly bus?: Bus;
  /** Another core's PostgreSQL, to be a second node beside it. */
  readonly databaseUrl?: string;
  readonly leaseMs?: number;
  /** Long enough to show what the bus does alone. */
  readonly positionCheckMs?: number;
  /** Without them nothing is limited. */
  readonly rates?: Rates;
}

/** The core without any face, for what is about the data layer and the writer themselves. */
export async function openCore(kind: DatabaseKind, options: CoreOptions = {}): Promise<Core> {
  const { bus = new InProcessBus(() => {}), leaseMs = 10_000, positionCheckMs = 100 } = options;
  const shared = kind === 'PostgreSQL';
  const dataDir = await (shared ? createEmptyDataDir() : createDataDir());
  const url = shared ? (options.databaseUrl ?? (await createTestDatabase())) : undefined;
  const databaseOptions = { url, dataDir, poolSize: 10 };
  const database = await openDatabase(databaseOptions);
  await migrate(database, databaseOptions);
  const chat = createChat({
    database,
    bus,
    log: silentLog,
    mailer: { send: async () => {} },
    mediaStore: await openMediaFolder(join(dataDir, 'media')),
    mediaLimits: { fileBytes: 1024 * 1024, quotaBytes: 8 * 1024 * 1024, uploadMs: 10_000 },
    publicUrl: () => 'http://localhost',
    keys: new KeyRing(randomBytes(32)),
    allowedOrigins: [],
    admins: [],
    rates: options.rates,
    positionCheckMs,
    leaseMs,
  });
  return {
    chat,
    async person(name) {
      const { user } = await createGuest(chat, {
        username: `${name}-${randomUUID().slice(0, 8)}`,
        displayName: name,
        device: 'test',
      });
      return user.id;
    },
    async close() {
      await chat.stop();
      await database.close(true);
      await bus.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
