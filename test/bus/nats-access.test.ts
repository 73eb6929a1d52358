import { describe, expect, it, vi } from 'vitest';
import { listen, nats, node, settle, sharedNats } from '../support/nats-nodes.ts';
import { freePort } from '../support/postgres.ts';

const shared = sharedNats();

describe('the way to NATS', () => {
  const auth = { user: 'parlour', password: 'p@ss:w/rd' };

  it('says in one line which servers do not answer', async () => {
    const ports = [await freePort(), await freePort()];
    const url = ports.map((port) => `nats://127.0.0.1:${port}`).join(',');
    const trouble = ports.map((port) => `127.0.0.1:${port}: connection refused`).join('; ');
    await expect(node(url)).rejects.toThrow(`no NATS at ${trouble}`);
  });

  it('is refused with a wrong password and open with the right one, from the URL or beside it', async () => {
    const server = await nats({ auth });
    const bare = `nats://127.0.0.1:${server.port}`;
    const refused = `no NATS at 127.0.0.1:${server.port}: it refuses this user, password or token`;
    await expect(node(bare)).rejects.toThrow(refused);
    await expect(node(`nats://parlour:guess@127.0.0.1:${server.port}`)).rejects.toThrow(refused);
    await settle((await node(server.url)).bus, (await node(bare, { credentials: auth })).bus);
  });

  it('knows tokens', async () => {
    const server = await nats({ auth: { token: 'sesame' } });
    await expect(node(`nats://simsala@127.0.0.1:${server.port}`)).rejects.toThrow('it refuses');
    await settle((await node(server.url)).bus);
  });

  it('leads to the second server when the first is down', async () => {
    const { bus } = await node(`nats://127.0.0.1:${await freePort()},${shared.url}`);
    expect(bus.state).toBe('connected');
    await settle(bus);
  });

  it('is encrypted with tls://, to a name or an address that the certificate holds for', async () => {
    const server = await nats({ tls: 'DNS:localhost,IP:127.0.0.1', auth });
    const tls = { caFile: server.caFile! };
    const byAddress = (url: string): string => url.replace('localhost', '127.0.0.1');
    await expect(node(server.url)).rejects.toThrow('self-signed certificate');
    await settle((await node(server.url, { tls })).bus, (await node(byAddress(server.url), { tls })).bus);
    const named = await nats({ tls: 'DNS:localhost', auth });
    const access = { tls: { caFile: named.caFile! } };
    await settle((await node(named.url, access)).bus);
    await expect(node(byAddress(named.url), access)).rejects.toThrow("does not match certificate's altnames");
    await expect(node(shared.url.replace('nats:', 'tls:'))).rejects.toThrow('it does not offer TLS');
  });
});

describe('a NATS that forbids our subjects', () => {
  it('is reported once for each direction, however much is sent', async () => {
    const permissions = { publish: 'elsewhere.>', subscribe: 'elsewhere.>' };
    const server = await nats({
      config: { authorization: { users: [{ user: 'u', password: 'p', permissions }] } },
    });
    const { bus, errors } = await node(server.url, { credentials: { user: 'u', password: 'p' } });
    const heard = listen(bus, 'user.alice');
    for (let n = 0; n < 5; n += 1) bus.publish('user.alice', { n });
    await settle(bus);
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    expect(errors.map(String).sort()).toEqual([
      'Error: NATS says PERMISSIONS_VIOLATION publish',
      'Error: NATS says PERMISSIONS_VIOLATION subscription',
    ]);
    expect(heard).toHaveLength(5);
  });
});
