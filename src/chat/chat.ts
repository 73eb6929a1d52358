import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { nameAdmins } from './admins.ts';
import { Announcer } from './announcer.ts';
import { checkConversations } from './check-conversations.ts';
import { checkFriendships } from './check-friendships.ts';
import { checkMemberships } from './check-memberships.ts';
import { checkPresence } from './check-presence.ts';
import { checkSessions } from './check-sessions.ts';
import { Exports } from './export/exports.ts';
import { Feeds } from './feeds.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { KeyRing } from './key-ring.ts';
import { LiveSessions } from './live-sessions.ts';
import { checkLobby } from './lobby/check-lobby.ts';
import { Lobby } from './lobby/lobby.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mailer.ts';
import { MarkWriter } from './mark-writer.ts';
import { Images } from './media/images.ts';
import { MediaCleaner } from './media/media-cleaner.ts';
import { type MediaCore, type MediaLimits, UploadGate } from './media/media-core.ts';
import { MediaLinks } from './media/media-links.ts';
import type { MediaStore } from './media/media-store.ts';
import { MemberTopics } from './members.ts';
import { MessageWriter } from './message-writer.ts';
import { Outbox } from './outbox.ts';
import { Passwords } from './passwords.ts';
import { PositionCheck } from './position-check.ts';
import { Presence } from './presence.ts';
import type { NodeFacts } from './presence-store.ts';
import { RateLimits } from './rate-limits.ts';
import type { Rates } from './rates.ts';
import { SecurityLog } from './security-log.ts';
import { SignInDelays } from './sign-in-delays.ts';
import { Tokens } from './tokens.ts';
import { UserAnnouncer } from './user-announcer.ts';
import { Vault } from './vault.ts';

export interface ChatOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly mediaStore: MediaStore;
  readonly mediaLimits: MediaLimits;
  /** Where links in mails lead, without a slash at its end; asked when a mail is written. */
  readonly publicUrl: () => string;
  /** Origins besides our own whose pages people may use us from. */
  readonly allowedOrigins: readonly string[];
  readonly keys: KeyRing;
  /** Undefined lets nobody sign in with an account elsewhere. */
  readonly identityProvider?: IdentityProvider | undefined;
  /** Usernames (any case); the first account that has one is an admin. */
  readonly admins: readonly string[];
  /** How often things may be asked; undefined limits nothing. */
  readonly rates: Rates | undefined;
  readonly positionCheckMs: number;
  readonly leaseMs: number;
  /** What this node says about itself to admins. */
  readonly nodeFacts?: (() => NodeFacts) | undefined;
}

/** The core of one node. A command takes of it what it needs: `Pick<Chat, 'database' | …>`. */
export interface Chat {
  readonly nodeId: string;
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly securityLog: SecurityLog;
  /** In lower case. */
  readonly admins: ReadonlySet<string>;
  readonly announcer: Announcer;
  readonly userAnnouncer: UserAnnouncer;
  readonly messages: MessageWriter;
  readonly marks: MarkWriter;
  readonly feeds: Feeds;
  readonly presence: Presence;
  readonly sessions: LiveSessions;
  readonly lobby: Lobby;
  readonly keys: KeyRing;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly vault: Vault;
  readonly outbox: Outbox;
  readonly exports: Exports;
  readonly media: MediaCore;
  readonly links: MediaLinks;
  readonly limits: RateLimits;
  readonly signInDelays: SignInDelays;
  readonly publicUrl: () => string;
  readonly allowedOrigins: readonly string[];
  readonly identityProvider: IdentityProvider | undefined;
  readonly positionCheck: PositionCheck;
  /** Settles when the node has its lease and checks its positions. */
  start(): Promise<void>;
  /** Writes what is queued, gives up the lease. Faces must be gone before. */
  stop(): Promise<void>;
}

export function createChat(options: ChatOptions): Chat {
  const { database, bus, log } = options;
  const nodeId = randomUUID();
  const securityLog = new SecurityLog(log);
  const links = new MediaLinks(options.keys);
  const announcer = new Announcer(bus, new MemberTopics(database));
  const userAnnouncer = new UserAnnouncer({ database, bus, log });
  const messages = new MessageWriter(database, announcer, links);
  const marks = new MarkWriter(database, announcer);
  const feeds = new Feeds(database, bus, links, log);
  const presence = new Presence({
    ...{ database, bus, log, nodeId },
    leaseMs: options.leaseMs,
    facts: options.nodeFacts,
  });
  const sessions = new LiveSessions(bus, securityLog);
  const lobby = new Lobby(bus, { sessions, presence });
  const outbox = new Outbox(options.mailer, log);
  const media = createMedia(options);
  const positionCheck = new PositionCheck({
    database,
    checks: [
      checkConversations(database, feeds.cursors),
      checkMemberships(database, feeds),
      checkFriendships(database, feeds),
      checkSessions(database, sessions),
      checkPresence(database, feeds, presence),
      checkLobby({ database, announcer, userAnnouncer, sessions, bus, lobby }),
    ],
    log,
    intervalMs: options.positionCheckMs,
  });
  const admins: ReadonlySet<string> = new Set(options.admins.map((name) => name.toLowerCase()));
  return {
    nodeId,
    database,
    bus,
    log,
    securityLog,
    admins,
    announcer,
    userAnnouncer,
    messages,
    marks,
    feeds,
    presence,
    sessions,
    lobby,
    keys: options.keys,
    tokens: new Tokens(options.keys),
    passwords: new Passwords(),
    vault: new Vault(options.keys),
    outbox,
    exports: new Exports(),
    media,
    links,
    limits: new RateLimits(options.rates, { securityLog }),
    signInDelays: new SignInDelays(database, options.rates !== undefined),
    publicUrl: options.publicUrl,
    allowedOrigins: options.allowedOrigins,
    identityProvider: options.identityProvider,
    positionCheck,
    async start() {
      await nameAdmins({ database, admins });
      await presence.start();
      await positionCheck.start();
      media.cleaner.start();
    },
    async stop() {
      await positionCheck.stop();
      lobby.close();
      await media.cleaner.stop();
      await messages.drain();
      await marks.drain();
      await outbox.drain();
      await presence.stop();
      sessions.close();
      securityLog.flush();
    },
  };
}

function createMedia({ database, log, mediaStore: store, mediaLimits: limits }: ChatOptions): MediaCore {
  const cleaner = new MediaCleaner({ database, store, limits, log });
  return { store, limits, images: new Images(), cleaner, gate: new UploadGate() };
}
