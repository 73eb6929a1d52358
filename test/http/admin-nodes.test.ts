import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { type Core, openCore } from '../support/core.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';
import { createTestDatabase } from '../support/test-database.ts';

const LEASE_MS = 3_000;

describe('the nodes, as admins see them', () => {
  let databaseUrl: string;
  let server: TestServer;
  let root: Person;
  const nodes = async (): Promise<any[]> => (await root.api('GET', '/admin/nodes')).body.items;

  beforeAll(async () => {
    databaseUrl = await createTestDatabase();
    server = await startTestServer({ databaseUrl, config: { admins: ['root'], leaseMs: LEASE_MS } });
    root = await server.signUp('root');
  });
  afterAll(() => server.stop());

  it('tell where they are, how long their lease is good, and who is there', async () => {
    const inbox = await personOf(server.url, { user: root, accessToken: root.accessToken }).join('inbox');
    const counts = async () => (await nodes()).map(({ connections, rooms }) => [connections, rooms]);
    await expect.poll(counts, { timeout: 10_000 }).toEqual([[1, 1]]);
    const [node] = await nodes();
    expect(node).toMatchObject({
      address: new URL(server.url).host,
      answers: true,
      lagMs: expect.any(Number),
    });
    expect(node.leaseSeconds).toBeGreaterThan(0);
    expect(node.leaseSeconds).toBeLessThanOrEqual(LEASE_MS / 1_000);
    expect(Date.now() - Date.parse(node.startedAt)).toBeLessThan(120_000);
    await inbox.room.leave();
    await expect.poll(counts, { timeout: 10_000 }).toEqual([[0, 0]]);
  });

  it('are all of them, also one that has nothing to say about itself, until it goes', async () => {
    const other: Core = await openCore('PostgreSQL', { databaseUrl });
    await other.chat.start();
    const ids = async () => (await nodes()).map(({ id, answers }) => [id === other.chat.nodeId, answers]);
    expect((await ids()).toSorted()).toEqual([
      [false, true],
      [true, false],
    ]);
    await other.close();
    expect(await ids()).toEqual([[false, true]]);
  });
});
