import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { holdConversation, textsOf } from '../support/conversation.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PATIENCE = { timeout: 20_000 };

describe('npm run cluster', () => {
  let folder: string;
  let started: Started[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parlour-cluster-test-'));
    // Run by root, PostgreSQL is another user, who must get through.
    await chmod(folder, 0o711);
    started = [];
  });
  afterEach(async () => {
    // What a failed test has left; the guards do the rest.
    for (const { pids } of started) for (const pid of pids.filter(runs)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (...parameters: string[]): Promise<Started> => {
    const cluster = await startCluster(...parameters);
    started.push(cluster);
    return cluster;
  };

  it('starts, works, stops on Ctrl-C with nothing left behind, and finds its data again', {
    timeout: 120_000,
  }, async () => {
    const first = await start('2', '--port', '0', '--data', join(folder, 'data'));
    expect(first.pids.filter(runs)).toHaveLength(5);
    const { bob, dialog } = await holdConversation(first.url);
    // A terminal sends it to everything in the foreground: npm, its shell, the script.
    process.kill(-first.npm.pid!, 'SIGINT');
    await once(first.npm, 'close');
    expect(first.output()).toContain('n1       | ended with exit code 0');
    expect(first.output()).toContain('n2       | ended with exit code 0');
    expect(first.pids.filter(runs)).toEqual([]);

    const second = await start('1', '--port', '0', '--data', join(folder, 'data'));
    const { id, username, token } = bob;
    const back = personOf(second.url, { user: { id, username }, accessToken: token });
    expect(await textsOf(back, dialog)).toEqual(['hello Bob', 'hello alice', 'are you there?']);
    process.kill(second.script, 'SIGTERM');
    await once(second.npm, 'close');
    expect(second.pids.filter(runs)).toEqual([]);
  });

  it('leaves nothing behind when it is killed outright', { timeout: 120_000 }, async () => {
    const cluster = await start('2', '--port', '0');
    const temporary = /mail +files in (\S+)\/n1\/mail/.exec(cluster.output())![1]!;
    expect(existsSync(temporary)).toBe(true);
    process.kill(cluster.script, 'SIGKILL');
    await expect.poll(() => cluster.pids.filter(runs), PATIENCE).toEqual([]);
    await expect.poll(() => existsSync(temporary), PATIENCE).toBe(false);
  });

  it.each([
    ['0'],
    ['seventeen'],
    ['2', '3'],
    ['--port', '99999'],
    ['--lease', '1'],
    ['--env', 'LOG_LEVEL'],
    ['--nodes', '2'],
  ])('refuses %s %s with one clear line', async (...parameters) => {
    const script = spawn(process.execPath, ['cluster/main.ts', ...parameters], { cwd: ROOT, stdio: 'pipe' });
    let printed = '';
    script.stderr.on('data', (chunk) => (printed += String(chunk)));
    const [code] = await once(script, 'close');
    expect(code).toBe(1);
    expect(printed.trim().split('\n')).toHaveLength(1);
    expect(printed).toContain(parameters.at(-1) === '2' ? '--nodes' : parameters.at(-1));
  });
});

interface Started {
  readonly npm: ChildProcess;
  /** Of the balancer. */
  readonly url: string;
  /** The process in which the balancer runs, which has started all others. */
  readonly script: number;
  /** All that the table names. */
  readonly pids: readonly number[];
  output(): string;
}

/** As a person types it, in a terminal's foreground. */
async function startCluster(...parameters: readonly string[]): Promise<Started> {
  const npm = spawn('npm', ['run', 'cluster', '--', ...parameters], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      output += String(chunk);
      if (output.includes('Ctrl-C stops everything')) resolve();
    };
    npm.stdout.on('data', hear);
    npm.stderr.on('data', hear);
    npm.once('close', () => reject(new Error(`it ended:\n${output}`)));
  });
  const table = [...output.matchAll(/^ {2}(balancer|n\d|nats|postgres) +(\S+) +(\d+)$/gm)];
  const [[, , url, script] = []] = table;
  const pids = table.map(([, , , pid]) => Number(pid));
  return { npm, url: url!, script: Number(script), pids, output: () => output };
}

/** One that has ended and that nobody has buried yet does not run. */
function runs(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}
