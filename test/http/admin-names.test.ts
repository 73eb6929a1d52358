import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDataDir } from '../support/data-dir.ts';
import { apiOf, PASSWORD, type Person, signUp, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

describe('a name in ADMINS', () => {
  let dataDir: string;
  let databaseUrl: string;
  let server: TestServer;

  const start = async (...admins: string[]) => {
    server = await startTestServer({ dataDir, databaseUrl, config: { admins } });
  };
  const restart = async (...admins: string[]) => {
    await server.stop();
    await start(...admins);
  };
  const isAdmin = async ({ accessToken }: Pick<Person, 'accessToken'>) =>
    (await apiOf(server.url, accessToken)('GET', '/me')).body.admin;
  const rename = (person: Person, username: string) => person.api('PATCH', '/me', { username });

  beforeEach(async () => {
    [dataDir, databaseUrl] = [await createEmptyDataDir(), await createTestDatabase()];
    await start('Root');
  });
  afterEach(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('makes the first account that has it an admin, and nobody who takes it later', async () => {
    const alice = await signUp(server.url, 'root');
    expect(await isAdmin(alice)).toBe(true);
    await rename(alice, 'alice');
    expect(await isAdmin(alice)).toBe(true);
    const bob = await signUp(server.url, 'ROOT');
    expect(await isAdmin(bob)).toBe(false);
    await restart('Root');
    expect([await isAdmin(alice), await isAdmin(bob)]).toEqual([true, false]);
  });

  it('is used up by an account that was deleted', async () => {
    const alice = await signUp(server.url, 'root');
    expect((await alice.api('DELETE', '/me', { password: PASSWORD })).status).toBe(204);
    const bob = await signUp(server.url, 'root');
    await restart('Root');
    expect(await isAdmin(bob)).toBe(false);
    await restart('Root', 'carol');
    expect(await isAdmin(await signUp(server.url, 'carol'))).toBe(true);
  });

  it('counts for an account that is older than it, from the next start, and only while it stands there', async () => {
    const alice = await signUp(server.url, 'alice');
    expect(await isAdmin(alice)).toBe(false);
    await restart('Alice');
    expect(await isAdmin(alice)).toBe(true);
    await restart();
    expect(await isAdmin(alice)).toBe(false);
  });

  it('passes guests over, and who takes the name by renaming waits for the next start', async () => {
    const guest = (await server.api('POST', '/accounts/guest', { username: 'root' })).body;
    expect(await isAdmin(guest)).toBe(false);
    await restart('root');
    expect(await isAdmin(guest)).toBe(false);
    await apiOf(server.url, guest.accessToken)('DELETE', '/me');
    const alice = await signUp(server.url, 'alice');
    await rename(alice, 'root');
    expect(await isAdmin(alice)).toBe(false);
    await restart('root');
    expect(await isAdmin(alice)).toBe(true);
  });

  it('does not make somebody an admin again whom another admin made none', async () => {
    const alice = await signUp(server.url, 'root');
    const bob = await signUp(server.url, 'bob');
    await alice.api('PUT', `/admin/users/${bob.id}/admin`);
    expect((await bob.api('DELETE', `/admin/users/${alice.id}/admin`)).body.admin).toBe(false);
    await restart('root');
    expect([await isAdmin(alice), await isAdmin(bob)]).toEqual([false, true]);
  });
});
