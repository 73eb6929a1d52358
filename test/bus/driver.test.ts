import { LocalDriver } from '@colyseus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ColyseusNode, type ColyseusNodes, startNodes } from './colyseus-nodes.ts';
import { driverConformance, room } from './driver-conformance.ts';

driverConformance("Colyseus' local driver", async () => {
  const driver = new LocalDriver();
  return { drivers: [driver, driver], close: async () => {} };
});

driverConformance('the driver over PostgreSQL', async () => {
  const { nodes, close } = await startNodes();
  return { drivers: [nodes[0].driver, nodes[1].driver], close };
});

/** Short, since its end is the subject, but longer than a busy test machine takes for a heartbeat. */
const LEASE_MS = 1_200;

it('counts no room of an ended lease, even before anybody has cleared it away', async () => {
  const { nodes, sql, close } = await startNodes();
  await sql("insert into colyseus_node (id, lease_until) values ('dead', now() - interval '1 ms')");
  await sql(`insert into colyseus_room (room_id, node_id, process_id, listing)
    values ('r', 'dead', 'p9', '{"roomId": "r", "processId": "p9", "name": "group"}')`);
  const [{ driver, lease }] = nodes;
  expect(await driver.has('r')).toBe(false);
  expect(await driver.query({ name: 'group' })).toEqual([]);
  expect(await driver.findOne({ roomId: 'r' })).toBeUndefined();
  expect((await driver.findByIds(['r'])).size).toBe(0);
  expect(await lease.otherNodes()).toHaveLength(1);
  expect(await driver.insert(room('r'))).toBe(true);
  expect(await driver.findOne({ roomId: 'r' })).toMatchObject({ processId: 'p1' });
  await close();
});

describe('a room directory with leases', () => {
  let under: ColyseusNodes;
  let here: ColyseusNode;
  let there: ColyseusNode;

  beforeEach(async () => {
    under = await startNodes(LEASE_MS);
    [here, there] = under.nodes;
  });
  afterEach(() => under.close());

  const eventually = (ask: () => Promise<unknown>) => expect.poll(ask, { timeout: 10_000, interval: 20 });
  const owner = async (roomId: string) => (await there.driver.findOne({ roomId }))?.processId;

  it('forgets the rooms of a node whose lease has ended, and only those', async () => {
    await here.driver.insert(room('dead'));
    await there.driver.insert(room('alive', { processId: 'p2' }));
    here.wire.state = 'down';
    await eventually(() => there.driver.has('dead')).toBe(false);
    expect(await there.driver.query()).toHaveLength(1);
    expect((await there.driver.findByIds(['dead', 'alive'])).size).toBe(1);
    expect(await there.driver.insert(room('dead', { processId: 'p2' }))).toBe(true);
    expect(await owner('dead')).toBe('p2');
  });

  it('keeps the rooms of a node that renews', async () => {
    await here.driver.insert(room('kept'));
    await there.driver.insert(room('dead', { processId: 'p2' }));
    there.wire.state = 'down';
    // The other one's end shows that more than a lease has passed.
    await eventually(() => here.driver.has('dead')).toBe(false);
    expect(await here.driver.has('kept')).toBe(true);
  });

  it('lists the rooms of a stalled node again when it is back, unless they have a new owner', async () => {
    await here.driver.insert(room('mine', { clients: 2 }));
    const lost = room('lost');
    await here.driver.insert(lost);
    here.wire.state = 'down';
    await eventually(() => there.driver.has('mine')).toBe(false);
    await there.driver.insert(room('lost', { processId: 'p2' }));
    here.wire.state = 'up';
    await eventually(() => owner('mine')).toBe('p1');
    expect(await owner('lost')).toBe('p2');
    expect(await here.driver.update(lost, { $inc: { clients: 5 } })).toBe(false);
    expect(await there.driver.findOne({ roomId: 'lost' })).toMatchObject({ processId: 'p2', clients: 0 });
    await there.driver.remove('lost');
    await eventually(() => there.driver.findOne({ roomId: 'lost' })).toMatchObject({
      processId: 'p1',
      clients: 5,
    });
  });

  it('does not remove the room of the new owner when the old one is disposed of', async () => {
    await here.driver.insert(room('r'));
    here.wire.state = 'down';
    await eventually(() => there.driver.insert(room('r', { processId: 'p2' }))).toBe(true);
    here.wire.state = 'up';
    // Colyseus asks up to three times.
    expect(await here.driver.remove('r')).toBe(false);
    expect(await here.driver.remove('r')).toBe(false);
    expect(await owner('r')).toBe('p2');
  });

  it('never takes a room from a living node', async () => {
    await here.driver.insert(room('r'));
    expect(await there.driver.persist(room('r', { processId: 'p2' }), true)).toBe(false);
    expect(await owner('r')).toBe('p1');
  });

  it('makes up for the changes that did not reach the database', async () => {
    const mine = room('r', { clients: 1 });
    await here.driver.insert(mine);
    here.wire.state = 'down';
    expect(await here.driver.update(mine, { $inc: { clients: 1 } })).toBe(false);
    here.wire.state = 'answers are lost';
    expect(await here.driver.update(mine, { $inc: { clients: 1 } })).toBe(false);
    here.wire.state = 'up';
    const counted = [1, 2, 3].map(() => here.driver.update(mine, { $inc: { clients: 1 } }));
    await Promise.all(counted);
    expect(await there.driver.findOne({ roomId: 'r' })).toMatchObject({ clients: 6 });
    here.wire.state = 'down';
    expect(await here.driver.update(mine, { $inc: { clients: -6 } })).toBe(false);
    here.wire.state = 'up';
    await eventually(() => there.driver.findOne({ roomId: 'r' })).toMatchObject({ clients: 0 });
  });

  it('lists a lost room again with its next change, and counts what comes meanwhile once', async () => {
    const mine = room('r');
    await here.driver.insert(mine);
    await under.sql('delete from colyseus_room');
    const underWay = here.wire.nextQuery();
    const first = here.driver.update(mine, { $inc: { clients: 1 } });
    await underWay;
    const second = here.driver.update(mine, { $inc: { clients: 1 } });
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(await there.driver.findOne({ roomId: 'r' })).toMatchObject({ clients: 2 });
  });

  it('fills the tables again after a crash of PostgreSQL has emptied them', async () => {
    await here.driver.insert(room('a'));
    await there.driver.insert(room('b', { processId: 'p2' }));
    await under.sql('truncate colyseus_node, colyseus_room');
    await eventually(async () => (await there.driver.query()).map(({ roomId }) => roomId).sort()).toEqual([
      'a',
      'b',
    ]);
  });

  it('takes back a room whose recording was answered with an error', async () => {
    here.wire.state = 'answers are lost';
    await expect(here.driver.insert(room('r'))).rejects.toThrow('lost');
    here.wire.state = 'up';
    expect(await there.driver.has('r')).toBe(true);
    await eventually(() => there.driver.has('r')).toBe(false);
  });

  it('takes it back also while another room of this node has its place taken by another node', async () => {
    await here.driver.insert(room('lost'));
    here.wire.state = 'down';
    await eventually(() => there.driver.insert(room('lost', { processId: 'p2' }))).toBe(true);
    here.wire.state = 'answers are lost';
    await expect(here.driver.insert(room('r'))).rejects.toThrow('lost');
    here.wire.state = 'up';
    expect(await there.driver.has('r')).toBe(true);
    await eventually(() => there.driver.has('r')).toBe(false);
    expect(await owner('lost')).toBe('p2');
  });

  it('does not take back a room whose recording is not answered yet', async () => {
    const answer = here.wire.holdNextAnswer();
    const recorded = here.driver.insert(room('r'));
    await eventually(() => there.driver.has('r')).toBe(true);
    // Runs after the driver's own work.
    await new Promise<void>((resolve) => here.lease.afterRenewal(async () => resolve()));
    expect(await there.driver.has('r')).toBe(true);
    answer();
    expect(await recorded).toBe(true);
  });

  it('leaves no unhandled rejection behind where Colyseus does not wait', async () => {
    const mine = room('r');
    await here.driver.insert(mine);
    here.wire.state = 'down';
    // vitest fails a run in which a rejection stays unhandled.
    here.driver.remove('r');
    here.driver.remove('other');
    here.driver.update(mine, { $inc: { clients: 1 } });
    here.driver.persist(mine, true);
    here.driver.findOne({ roomId: 'r' });
    await expect(here.driver.has('r')).rejects.toThrow('cut');
  });

  it('lets clients leave and rooms go while the database is away', async () => {
    const mine = room('r', { clients: 1 });
    await here.driver.insert(mine);
    here.wire.state = 'down';
    // What throws here ends a node: nobody waits for Colyseus while it lets a client go.
    expect(await here.driver.update(mine, { $inc: { clients: -1 } })).toBe(false);
    expect(await here.driver.persist(mine)).toBe(false);
    expect(await here.driver.remove('r')).toBe(false);
    here.wire.state = 'up';
    await eventually(() => there.driver.has('r')).toBe(false);
  });

  it('takes its rooms out of the directory when it is shut down', async () => {
    await here.driver.insert(room('a'));
    await there.driver.insert(room('b', { processId: 'p2' }));
    await here.driver.shutdown();
    expect((await there.driver.query()).map(({ roomId }) => roomId)).toEqual(['b']);
    expect(await there.lease.otherNodes()).toEqual([here.lease.nodeId]);
    await here.presence.shutdown();
    expect(await there.lease.otherNodes()).toEqual([]);
  });

  it('follows a path into the metadata, which the local driver does not', async () => {
    await here.driver.insert(room('a', { metadata: { region: { name: 'eu' }, rating: 2 } }));
    await here.driver.insert(room('b', { metadata: { region: { name: 'us' }, rating: 10 } }));
    const ids = async (conditions: object, sort?: Record<string, 1 | -1>) =>
      (await there.driver.query(conditions, sort)).map(({ roomId }) => roomId);
    expect(await ids({ 'metadata.region.name': 'us' })).toEqual(['b']);
    expect(await ids({ region: { name: 'eu' } })).toEqual(['a']);
    expect(await ids({ region: {} })).toEqual([]);
    expect(await ids({}, { 'metadata.rating': -1 })).toEqual(['b', 'a']);
  });
});
