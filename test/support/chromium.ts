import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const HELP = 'no Chromium: put one on the PATH (as root: apt-get install chromium)';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const run = promisify(execFile);

interface Program {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/** A real browser: the machine's, else the one that comes from npm, else Debian's where we may install it. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = onThePath() ?? (await fromNpm()) ?? (await fromDebian());
  return chromium.launch({
    executablePath,
    // Its sandbox refuses to run as root, and needs rights that containers seldom give.
    args: ['--no-sandbox'],
    env: { ...definedOf(process.env), ...env },
  });
}

function onThePath(): Program | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin'];
  const executablePath = folders
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
  return executablePath === undefined ? undefined : { executablePath };
}

/** Made for another place without any libraries, so it brings those along that it needs. */
async function fromNpm(): Promise<Program | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { default: packed, inflate } = await import('@sparticuz/chromium');
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const libraries = await inflate(join(dirname(entry), '..', 'bin', 'al2023.tar.br'));
  return { executablePath: await packed.executablePath(), env: { LD_LIBRARY_PATH: join(libraries, 'lib') } };
}

async function fromDebian(): Promise<Program> {
  if (process.getuid?.() !== 0) throw new Error(HELP);
  const script = 'command -v chromium || { apt-get update && apt-get install -y chromium; }';
  await run('flock', [join(tmpdir(), 'parlour-apt.lock'), 'sh', '-c', script], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 240_000,
  }).catch(() => {});
  const installed = onThePath();
  if (installed === undefined) throw new Error(HELP);
  return installed;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
