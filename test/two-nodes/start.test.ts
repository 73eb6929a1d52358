import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person } from '../support/cast.ts';
import { createEmptyDataDir } from '../support/data-dir.ts';
import { type Nats, startNats } from '../support/nats.ts';
import { freePort } from '../support/postgres.ts';
import { joinAt } from '../support/seats.ts';
import { apiOf } from '../support/server.ts';
import { runToTheEnd, startProcess } from '../support/server-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

describe('a node', () => {
  let nats: Nats;
  let env: Record<string, string>;

  beforeAll(async () => {
    nats = await startNats();
    env = {
      DATA_DIR: await createEmptyDataDir(),
      DATABASE_URL: await createTestDatabase(),
      NATS_URL: nats.url,
      JWT_SECRET: 'a secret that all the nodes have in common',
    };
  }, 300_000);
  afterAll(async () => {
    await nats.stop();
    await rm(env.DATA_DIR!, { recursive: true, force: true });
  });

  it('names what the nodes of a cluster must share', async () => {
    const { code, stderr } = await runToTheEnd({ NATS_URL: nats.url });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^DATABASE_URL: needed with NATS_URL: .+\nJWT_SECRET: needed with NATS_URL: .+\n$/,
    );
  });

  it('says in one line that there is no NATS', async () => {
    const port = await freePort();
    const { code, stderr } = await runToTheEnd({ ...env, NATS_URL: `nats://user:hush@127.0.0.1:${port}` });
    expect([code, stderr]).toEqual([1, `NATS_URL: no NATS at 127.0.0.1:${port}: connection refused\n`]);
  });

  it('does not join others with another secret', async () => {
    const first = await startProcess(env);
    const other = await runToTheEnd({ ...env, JWT_SECRET: 'some other secret, as long as it has to be' });
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('\nJWT_SECRET: the nodes that run already have another one\n');
    const same = await startProcess(env);
    expect(await same.stop()).toBe(0);
    expect(await first.stop()).toBe(0);
  });

  it('with a PUBLIC_ADDRESS gets the sockets of its rooms directly', async () => {
    const port = await freePort();
    const publicAddress = `localhost:${port}`;
    const open = await startProcess({ ...env, PORT: String(port), PUBLIC_ADDRESS: publicAddress });
    const other = await startProcess(env);
    const alice = await person(other.url, 'alice');
    const direct = await joinAt(open.url, alice, 'inbox');
    expect(new URL(direct.room.connection.url!).host).toBe(publicAddress);
    const dialog = await alice.join('dialog', { userId: (await person(other.url, 'bob')).id });
    expect(new URL(dialog.room.connection.url!).host).toBe(new URL(other.url).host);
    await Promise.all([direct.room.leave(), dialog.room.leave()]);
    expect(await Promise.all([open.stop(), other.stop()])).toEqual([0, 0]);
  });

  it('runs beside one with the next secret, when each has been told of the other', async () => {
    const next = 'the secret that comes after the one before';
    const before = await startProcess({ ...env, JWT_SECRET_PREVIOUS: next });
    const after = await startProcess({ ...env, JWT_SECRET: next, JWT_SECRET_PREVIOUS: env.JWT_SECRET! });
    const [alice, bob] = [await person(before.url, 'alice'), await person(after.url, 'bob')];
    for (const [token, url] of [
      [alice.token, after.url],
      [bob.token, before.url],
    ] as const) {
      expect((await apiOf(url, token)('GET', '/me')).status).toBe(200);
    }
    // The room opens on one of the two, and the other's socket is passed on to it.
    const alicesRoom = await alice.join('dialog', { userId: bob.id });
    const bobsRoom = await bob.join('dialog', { userId: alice.id });
    await bobsRoom.request('send', { text: 'signed by another key' });
    await alicesRoom.next('message');
    expect(await before.stop()).toBe(0);
    expect(await after.stop()).toBe(0);
  });
});
