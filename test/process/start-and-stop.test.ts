import { rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../support/cast.ts';
import { holdConversation } from '../support/conversation.ts';
import { createEmptyDataDir, putDatabaseInto } from '../support/data-dir.ts';
import { apiOf } from '../support/server.ts';
import { runToTheEnd, startProcess } from '../support/server-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

describe('the server as a process', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await createEmptyDataDir();
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('starts on an empty folder, says where it listens and what it uses, and keeps everything over a restart', async () => {
    const first = await startProcess({ DATA_DIR: dataDir });
    expect(first.output()).toMatch(/PGlite in .*not a power cut/);
    expect(first.output()).toContain('/docs');
    const { bob, dialog } = await holdConversation(first.url);
    expect(await first.stop('SIGTERM')).toBe(0);
    const secret = await stat(join(dataDir, 'secret'));
    expect(secret.mode & 0o777).toBe(0o600);

    const second = await startProcess({ DATA_DIR: dataDir });
    const { body } = await apiOf(second.url, bob.token)('GET', `/conversations/${dialog}/messages`);
    expect(body.items).toHaveLength(3);
    expect(await second.stop('SIGINT')).toBe(0);
  });

  it('holds the same conversation on a real PostgreSQL', async () => {
    const server = await startProcess({ DATA_DIR: dataDir, DATABASE_URL: await createTestDatabase() });
    expect(server.output()).toContain('PostgreSQL');
    await holdConversation(server.url);
    expect(await server.stop()).toBe(0);
  });

  it('writes what it has taken before it stops, and says no more than it wrote', async () => {
    const env = { DATA_DIR: dataDir, DATABASE_URL: await createTestDatabase() };
    const server = await startProcess(env);
    const [alice, bob] = [await person(server.url, 'alice'), await person(server.url, 'bob')];
    const room = await alice.join('dialog', { userId: bob.id });
    room.room.reconnection.enabled = false;
    const sends = Array.from({ length: 200 }, (_, n) => room.request('send', { text: `${n}` }));
    await Promise.any(sends);
    const stopped = server.stop();
    const answers = await Promise.allSettled(sends);
    expect(await stopped).toBe(0);
    expect(await room.left).toBe(4010);

    const again = await startProcess(env);
    const { body } = await apiOf(again.url, bob.token)(
      'GET',
      `/conversations/${room.room.roomId}/messages?limit=200`,
    );
    const stored = new Set(body.items.map((message: { seq: number }) => message.seq));
    const acknowledged = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value.seq] : [],
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((seq) => !stored.has(seq))).toEqual([]);
    expect(await again.stop()).toBe(0);
  });

  it('has nothing to log but who comes in when somebody asks for what cannot be', async () => {
    putDatabaseInto(dataDir);
    const server = await startProcess({ DATA_DIR: dataDir });
    const [alice, bob] = [await person(server.url, 'alice'), await person(server.url, 'bob')];
    const room = await alice.join('dialog', { userId: bob.id });
    await expect(room.request('send', { text: '' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(room.request('edit', { seq: 1, text: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await server.stop()).toBe(0);
    const entries = server.output().match(/^\{.*\}$/gm) ?? [];
    const events = entries.map((entry) => JSON.parse(entry).event);
    expect(events).toEqual(['sign-up', 'sign-up']);
  });

  it.each([
    ['PORT', 'many'],
    ['PORT', '99999'],
    ['DATABASE_URL', 'mysql://localhost/parlour'],
    ['DATABASE_URL', 'postgres://nobody@127.0.0.1:1/nowhere'],
    ['JWT_SECRET', 'too short'],
    ['LOG_LEVEL', 'loud'],
    ['ALLOWED_ORIGINS', 'https://example.org/path'],
    ['PUBLIC_URL', 'example.org'],
  ])('refuses %s=%s with one clear line and exit code 1', async (name, value) => {
    const { code, stdout, stderr } = await runToTheEnd({ DATA_DIR: dataDir, [name]: value });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(name);
  });

  it('refuses a port that is taken and a data folder that is in use', async () => {
    putDatabaseInto(dataDir);
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const onTakenPort = await runToTheEnd({ DATA_DIR: dataDir, PORT: String(port) });
    expect(onTakenPort).toMatchObject({ code: 1, stderr: expect.stringContaining(String(port)) });
    taken.close();

    const server = await startProcess({ DATA_DIR: dataDir });
    const second = await runToTheEnd({ DATA_DIR: dataDir });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(dataDir) });
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(await server.stop('SIGKILL')).toBeNull();
    // Killed, it could not say goodbye; that must not lock the folder for ever.
    const third = await startProcess({ DATA_DIR: dataDir });
    expect(await third.stop()).toBe(0);
  });
});
