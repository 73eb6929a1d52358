import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Guard, guard } from './guard.ts';
import { freePort } from './postgres.ts';

export interface NatsOptions {
  auth?: { user: string; password: string } | { token: string };
  /** Whom its certificate is for (`DNS:localhost,IP:127.0.0.1`); only `caFile` vouches for it. */
  tls?: string;
  /** More of NATS' own settings. */
  config?: object;
}

export interface Nats {
  /** With the credentials, when there are any. */
  readonly url: string;
  readonly port: number;
  readonly caFile: string | undefined;
  readonly pid: number;
  /** False also when somebody else has ended it. */
  readonly running: boolean;
  /** Stops it, as if it had crashed; `restart` brings it back. */
  stop(): Promise<void>;
  /** Stops it if it runs, and starts it empty on the same port. */
  restart(): Promise<void>;
}

const START_MS = 10_000;
const AT_THE_END = 'kill -KILL "$1" 2>/dev/null; rm -rf "$2"';
const HELP =
  'no nats-server: put one on the PATH (https://github.com/nats-io/nats-server/releases, or as root: apt-get install nats-server)';
const run = promisify(execFile);

/** A real nats-server of this process alone: own port, own folder, gone with `stop` or with the process. */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const program = await findProgram();
  const port = await freePort();
  const directory = join(tmpdir(), `parlour-nats-${randomBytes(6).toString('hex')}`);
  const config = join(directory, 'nats.conf');
  const caFile = options.tls ? join(directory, 'cert.pem') : undefined;
  let server: { process: ChildProcess; guard: Guard } | undefined;

  async function start(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (options.tls) await makeCertificate(directory, options.tls);
    // NATS reads JSON as one of the forms of its own format.
    await writeFile(config, JSON.stringify(configOf(port, directory, options)));
    // Detached: a Ctrl-C on the terminal is for whoever started it, who decides what ends first.
    const process = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    server = { process, guard: guard(AT_THE_END, String(process.pid), directory) };
    await untilReady(process);
  }

  async function stop(): Promise<void> {
    if (server === undefined) return;
    const { process, guard } = server;
    server = undefined;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    if (process.exitCode === null && process.kill('SIGKILL')) await gone;
    guard.release();
    await rm(directory, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `${options.tls ? 'tls' : 'nats'}://${loginOf(options)}${options.tls ? 'localhost' : '127.0.0.1'}:${port}`,
    port,
    caFile,
    get pid() {
      return server?.process.pid ?? 0;
    },
    get running() {
      return server?.process.exitCode === null && server.process.signalCode === null;
    },
    stop,
    async restart() {
      await stop();
      await start();
    },
  };
}

function loginOf({ auth }: NatsOptions): string {
  if (auth === undefined) return '';
  const parts = 'token' in auth ? [auth.token] : [auth.user, auth.password];
  return `${parts.map(encodeURIComponent).join(':')}@`;
}

function configOf(port: number, directory: string, { auth, tls, config }: NatsOptions): object {
  return {
    host: '127.0.0.1',
    port,
    ...(auth === undefined ? {} : { authorization: auth }),
    ...(tls ? { tls: { cert_file: join(directory, 'cert.pem'), key_file: join(directory, 'key.pem') } } : {}),
    ...config,
  };
}

/** Of Debian when there is none and we may; two test files that want it at the same time take turns. */
async function findProgram(): Promise<string> {
  const found = onThePath();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) throw new Error(HELP);
  const script = 'command -v nats-server || { apt-get update && apt-get install -y nats-server; }';
  await run('flock', [join(tmpdir(), 'parlour-apt.lock'), 'sh', '-c', script], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 240_000,
  }).catch(() => {});
  const installed = onThePath();
  if (installed === undefined) throw new Error(HELP);
  return installed;
}

function onThePath(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/bin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'nats-server'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function makeCertificate(directory: string, names: string): Promise<void> {
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`],
    ...['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')],
  ]);
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`nats-server ${why}\n${log}`));
    const timer = setTimeout(() => fail(`was not ready after ${START_MS} ms`), START_MS);
    server.once('error', (error) => fail(`did not start: ${error.message}`));
    server.once('exit', (code) => fail(`ended with ${code}`));
    server.stderr?.on('data', (lines) => {
      // Read to the end, so that it never waits for us; remembered only until it is ready.
      if (log.includes('Server is ready')) return;
      log += String(lines);
      if (!log.includes('Server is ready')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
