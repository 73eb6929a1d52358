import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDataDir } from './support/data-dir.ts';
import { freePort } from './support/postgres.ts';
import { apiOf, PASSWORD, signUp } from './support/server.ts';

const folders: string[] = [];
let dataDir: string;
let port: number;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await newFolder();
  port = await freePort();
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await createDataDir();
  folders.push(folder);
  return folder;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(variables: Record<string, string> = {}): {
  child: ChildProcess;
  ended: Promise<Ended>;
  up: Promise<void>;
} {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'error', ...variables },
  });
  running.add(child);
  let output = '';
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const up = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Ctrl-C')) resolve();
    });
  });
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code, output, errors };
  });
  return { child, ended, up };
}

const url = () => `http://localhost:${port}`;

describe('the server as a process', () => {
  it('says where it listens and how to go on, and ends with 0 when told to', async () => {
    const { child, ended, up } = run();
    await up;
    await signUp(url(), 'alice');
    child.kill('SIGTERM');
    const { code, output, errors } = await ended;
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain(`http://localhost:${port}/docs`);
    expect(output).toContain('PGlite');
  });

  it('keeps everything over a restart, tokens too', async () => {
    const first = run();
    await first.up;
    const bob = await signUp(url(), 'bob');
    first.child.kill('SIGINT');
    await first.ended;
    const second = run();
    await second.up;
    expect((await bob.api('GET', '/me')).body.username).toBe('bob');
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('starts again at once after it was killed', async () => {
    const first = run();
    await first.up;
    await signUp(url(), 'carol');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = run();
    await second.up;
    const { status } = await apiOf(url())('POST', '/sessions', { username: 'carol', password: PASSWORD });
    expect(status).toBe(201);
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('does not share its folder or its port, and says so in one line', async () => {
    const { child, ended, up } = run();
    await up;
    const sameFolder = await run({ PORT: '0' }).ended;
    expect(sameFolder).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^DATA_DIR: another server.+\n$/),
    });
    const samePort = await run({ DATA_DIR: await newFolder() }).ended;
    expect(samePort).toMatchObject({ code: 1, errors: expect.stringMatching(/^PORT: \d+ is taken.+\n$/) });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it.each([
    ['a bad value', { PORT: 'none' }, /^PORT: .+\n$/],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/x' },
      /^DATABASE_URL: (?!.*hush).+\n$/,
    ],
    ['a folder that cannot be', { DATA_DIR: '/dev/null/x' }, /^DATA_DIR: .+\n$/],
  ])('ends with 1 and one line for %s', async (_, variables, line) => {
    expect(await run(variables).ended).toMatchObject({
      code: 1,
      errors: expect.stringMatching(line),
      output: '',
    });
  });

  it('keeps its secret for its owner, and refuses half a one', async () => {
    const file = join(dataDir, 'secret');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const other = await newFolder();
    await writeFile(join(other, 'secret'), 'abcd');
    const { code, errors } = await run({ DATA_DIR: other, PORT: '0' }).ended;
    expect([code, errors]).toEqual([1, expect.stringContaining('too short')]);
  });
});
