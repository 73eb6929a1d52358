import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { StartError } from './start-error.ts';

/** How often the holder shows that it lives, and for how long that is believed of another machine. */
const SIGN_OF_LIFE_MS = 3_000;
const BELIEVED_MS = 15_000;
const SETTLE_MS = 100;

const holderSchema = z.object({ pid: z.int(), host: z.string(), birth: z.string() });
type Holder = z.output<typeof holderSchema>;

export interface DataLock {
  release(): Promise<void>;
}

/** Folders that this process itself holds: its own pid in a lock file may be an earlier process' too. */
const heldHere = new Set<string>();

/**
 * Two servers on one PGlite folder destroy it. A lock left by a killed server is recognised: its process is
 * gone, or its pid now is another process (pid 1 of a new container), or it has shown no life from elsewhere.
 */
export async function lockDataDir(dataDir: string): Promise<DataLock> {
  const file = resolve(join(dataDir, 'server.lock'));
  const holder: Holder = { pid: process.pid, host: hostname(), birth: await birthOf(process.pid) };
  if (heldHere.has(file) || !(await take(file, holder))) {
    throw new StartError(
      `DATA_DIR: another server uses ${resolve(dataDir)}; stop it, choose another folder or set DATABASE_URL`,
    );
  }
  heldHere.add(file);
  const signs = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), SIGN_OF_LIFE_MS);
  signs.unref();
  return {
    async release() {
      clearInterval(signs);
      await rm(file, { force: true });
      heldHere.delete(file);
    },
  };
}

async function take(file: string, holder: Holder): Promise<boolean> {
  if (await create(file, holder)) return true;
  if (await isAlive(file)) return false;
  await rm(file, { force: true });
  if (!(await create(file, holder))) return false;
  // Somebody else may have found it stale at the same moment and removed ours instead: the last one keeps it.
  await delay(SETTLE_MS);
  return (await readHolder(file))?.pid === holder.pid;
}

async function create(file: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAlive(file: string): Promise<boolean> {
  const holder = await readHolder(file);
  const lastSign = await stat(file).then(
    (stats) => stats.mtimeMs,
    () => 0,
  );
  // Unreadable: the machine stopped while it was written, or it is being written right now.
  if (holder === undefined || holder.host !== hostname()) return Date.now() - lastSign < BELIEVED_MS;
  return isRunning(holder.pid) && holder.birth === (await birthOf(holder.pid));
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Tells processes apart that had the same pid one after the other. Where there is no /proc the pid must do. */
async function birthOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in brackets, may hold anything; the start time is the 20th field after it.
    const startTime = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()}:${startTime}`;
  } catch {
    return 'unknown';
  }
}
