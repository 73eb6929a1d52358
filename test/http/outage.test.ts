import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Joined, type Person, person } from '../support/cast.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('a server that loses its database', () => {
  let postgres: Postgres;
  let server: TestServer;
  let alice: Person;
  let room: Joined;

  beforeAll(async () => {
    postgres = await startPostgres({ fsync: false });
    server = await startTestServer({ databaseUrl: await postgres.createDatabase('outage') });
    alice = await person(server.url, 'alice');
    const bob = await person(server.url, 'bob');
    room = await alice.join('dialog', { userId: bob.id });
  });
  afterAll(() => server.stop());

  it('says so politely everywhere, keeps its sockets and does not fall over', async () => {
    await room.request('send', { text: 'before' });
    expect(await alice.api('GET', '/me')).toMatchObject({ status: 200 });
    await postgres.stop();

    expect(await alice.api('GET', '/me')).toMatchObject({
      status: 503,
      body: { error: { code: 'unavailable' } },
    });
    await expect(room.request('send', { text: 'now' })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(room.request('read', { seq: 1 })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(room.request('history')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(alice.client.joinOrCreate('inbox')).rejects.toMatchObject({ code: 503 });
    expect((await fetch(`${server.url}/ready`)).status).toBe(503);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(room.room.connection.isOpen).toBe(true);
  });
});
