import { z } from 'zod';
import { parseRates, type Rates } from './chat/rates.ts';
import {
  bearer,
  contact,
  integer,
  issuer,
  listOf,
  mailbox,
  mediaUrl,
  natsUrl,
  network,
  nodeAddress,
  origin,
  parsedBy,
  publicAddress,
  secret,
  url,
} from './config-values.ts';
import { portVariable } from './http/dialects/dialect.ts';
import { dialects } from './http/dialects/index.ts';
import type { Bucket } from './media-url.ts';
import { StartError } from './start-error.ts';

export interface Config {
  readonly port: number;
  /** Undefined listens on every interface. */
  readonly host: string | undefined;
  /** Of those older servers whose clients also find theirs at the root of a port of its own, by name. */
  readonly dialectPorts: Readonly<Record<string, number>>;
  /** Variables of older servers' faces that are on. */
  readonly dialectSwitches: readonly string[];
  readonly dataDir: string;
  /** Undefined keeps everything in PGlite, in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly databasePool: number;
  /** Undefined runs one node by itself. */
  readonly nats: NatsConfig | undefined;
  /** `host:port` at which the other nodes reach this one; undefined asks this machine. */
  readonly nodeAddress: string | undefined;
  /** `host[:port][/path]` at which clients reach this very node; undefined sends them through any node. */
  readonly publicAddress: string | undefined;
  /** Where people reach this server, without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Undefined writes mails into files, in the data folder. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly media: MediaConfig;
  readonly admins: readonly string[];
  /** Opens the measurements; undefined leaves them to admins. */
  readonly metricsToken: string | undefined;
  /** `mailto:` or `https:`: where to report what is wrong with the server's security. */
  readonly securityContact: string | undefined;
  /** Origins whose pages may call the API and the matchmaking; our own needs no mention. */
  readonly allowedOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** How often things may be asked; undefined limits nothing. */
  readonly rates: Rates | undefined;
  /** Sockets that one address may have at a node; undefined is as many as it likes. */
  readonly socketsPerAddress: number | undefined;
  /** Undefined generates one into the data folder. */
  readonly jwtSecret: string | undefined;
  /** Secrets that sign nothing (any more, or yet) and are understood all the same. */
  readonly jwtSecretsPrevious: readonly string[];
  /** Undefined offers no sign-in with another provider. */
  readonly oidc: OidcConfig | undefined;
  readonly logLevel: LogLevel;
  readonly positionCheckMs: number;
  readonly leaseMs: number;
  /** How long an older client's request for the next event waits for one. */
  readonly longPollMs: number;
  /** How long stopping may take before it is forced. */
  readonly drainMs: number;
}

export interface NatsConfig {
  /** One or several servers, with their credentials. */
  readonly url: string;
  /** In front of every subject: clusters that share a NATS need one each. */
  readonly prefix: string;
  /** PEM file of whoever vouches for the servers' certificates; undefined trusts the public ones. */
  readonly caFile: string | undefined;
}

export interface OidcConfig {
  /** Its address, below which it says about itself what one needs to know. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a client that has none. */
  readonly clientSecret: string | undefined;
  /** What people call it. */
  readonly name: string;
}

export interface MediaConfig {
  /** Undefined keeps files in the data folder, unless there is a bucket. */
  readonly folder: string | undefined;
  readonly bucket: Bucket | undefined;
  /** One file, as it comes in. */
  readonly fileBytes: number;
  /** All files of one person. */
  readonly quotaBytes: number;
  readonly uploadMs: number;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Each one is tried on what does not say by which it was signed. */
const MAX_PREVIOUS_SECRETS = 4;
const MEGABYTE = 1024 * 1024;

/** What the nodes of a cluster must have in common. */
const SHARED_BY_NODES = {
  DATABASE_URL: 'the nodes share one PostgreSQL',
  JWT_SECRET: 'a token of one node must be good on every other',
} as const;

const schema = z.object({
  PORT: integer(0, 65_535).default(2567),
  HOST: z.string().optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: integer(1, 1_000).default(10),
  NATS_URL: natsUrl.optional(),
  NATS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,32}$/, 'must be 1 to 32 letters, digits, _ or -')
    .default('parlour'),
  NATS_CA_FILE: z.string().optional(),
  NODE_ADDRESS: nodeAddress.optional(),
  PUBLIC_ADDRESS: publicAddress.optional(),
  PUBLIC_URL: url('http:', 'https:')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: mailbox.default('Parlour <parlour@localhost>'),
  MEDIA_URL: mediaUrl.optional(),
  MEDIA_FILE_MB: integer(1, 2_000).default(25),
  MEDIA_QUOTA_MB: integer(1, 1_000_000).default(1_000),
  UPLOAD_MS: integer(1_000, 3_600_000).default(300_000),
  ADMINS: listOf(z.string()),
  METRICS_TOKEN: bearer.optional(),
  SECURITY_CONTACT: contact.optional(),
  ALLOWED_ORIGINS: listOf(origin),
  TRUSTED_PROXIES: listOf(network),
  SOCKETS_PER_ADDRESS: integer(0, 1_000_000).default(5_000),
  LIMITS: parsedBy(parseRates).prefault(''),
  JWT_SECRET: secret.optional(),
  JWT_SECRET_PREVIOUS: listOf(secret).pipe(
    z.array(z.string()).max(MAX_PREVIOUS_SECRETS, `must name at most ${MAX_PREVIOUS_SECRETS}`),
  ),
  OIDC_ISSUER: issuer.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(64).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  POSITION_CHECK_MS: integer(50, 600_000).default(2_000),
  LEASE_MS: integer(1_000, 600_000).default(10_000),
  LONG_POLL_MS: integer(100, 50_000).default(29_000),
  DRAIN_MS: integer(100, 600_000).default(10_000),
});

const dialectPorts = z.object(
  Object.fromEntries(dialects.map(({ name }) => [portVariable(name), integer(0, 65_535).optional()])),
);

const onOrOff = z.enum(['on', 'off'], { error: 'must be on or off' }).optional();
const dialectSwitches = z.object(
  Object.fromEntries(dialects.flatMap(({ switches = [] }) => switches.map((name) => [name, onOrOff]))),
);

const variables = z.object({ ...schema.shape, ...dialectPorts.shape, ...dialectSwitches.shape });

/** The only reader of the environment. An empty variable counts as an unset one, as compose files write them. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(variables.shape).flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
    throw new StartError(problems.join('\n'));
  }
  const values = parsed.data;
  requireWhatNodesShare(values);
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    dialectPorts: Object.freeze(dialectPortsOf(given)),
    dialectSwitches: Object.freeze(Object.keys(dialectSwitches.shape).filter((name) => given[name] === 'on')),
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databasePool: values.DATABASE_POOL,
    nats:
      values.NATS_URL === undefined
        ? undefined
        : { url: values.NATS_URL, prefix: values.NATS_PREFIX, caFile: values.NATS_CA_FILE },
    nodeAddress: values.NODE_ADDRESS,
    publicAddress: values.PUBLIC_ADDRESS,
    publicUrl: values.PUBLIC_URL,
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM,
    media: Object.freeze({
      ...(values.MEDIA_URL ?? { folder: undefined, bucket: undefined }),
      fileBytes: values.MEDIA_FILE_MB * MEGABYTE,
      quotaBytes: values.MEDIA_QUOTA_MB * MEGABYTE,
      uploadMs: values.UPLOAD_MS,
    }),
    admins: Object.freeze(values.ADMINS),
    metricsToken: values.METRICS_TOKEN,
    securityContact: values.SECURITY_CONTACT,
    allowedOrigins: Object.freeze(values.ALLOWED_ORIGINS),
    trustedProxies: Object.freeze(values.TRUSTED_PROXIES),
    rates: values.LIMITS,
    socketsPerAddress: values.LIMITS === undefined ? undefined : values.SOCKETS_PER_ADDRESS || undefined,
    jwtSecret: values.JWT_SECRET,
    jwtSecretsPrevious: Object.freeze(values.JWT_SECRET_PREVIOUS),
    oidc: oidcOf(values),
    logLevel: values.LOG_LEVEL,
    positionCheckMs: values.POSITION_CHECK_MS,
    leaseMs: values.LEASE_MS,
    longPollMs: values.LONG_POLL_MS,
    drainMs: values.DRAIN_MS,
  });
}

function dialectPortsOf(given: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(
    dialects.flatMap(({ name }) => {
      const port = given[portVariable(name)];
      return port === undefined ? [] : [[name, Number(port)]];
    }),
  );
}

function oidcOf(values: z.infer<typeof schema>): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined) throw new StartError('OIDC_ISSUER: needed with OIDC_CLIENT_ID');
  if (clientId === undefined) throw new StartError('OIDC_CLIENT_ID: needed with OIDC_ISSUER');
  return Object.freeze({ issuer, clientId, clientSecret, name: values.OIDC_NAME ?? new URL(issuer).host });
}

function requireWhatNodesShare(values: z.infer<typeof schema>): void {
  if (values.NATS_URL === undefined) return;
  const missing = Object.entries(SHARED_BY_NODES).filter(
    ([name]) => values[name as keyof typeof SHARED_BY_NODES] === undefined,
  );
  if (missing.length > 0)
    throw new StartError(missing.map(([name, why]) => `${name}: needed with NATS_URL: ${why}`).join('\n'));
}
