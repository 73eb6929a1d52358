import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ColyseusLease } from '../../src/bus/colyseus/lease.ts';
import { type ColyseusNodes, startNodes } from './colyseus-nodes.ts';

const LEASE_MS = 1_200;

describe('the directory of processes', () => {
  let under: ColyseusNodes;
  let here: ColyseusLease;
  let there: ColyseusLease;
  const process = { processId: 'p1', address: '10.0.0.1:2567', family: 'ours' };

  beforeEach(async () => {
    under = await startNodes(LEASE_MS);
    [here, there] = under.nodes.map(({ lease }) => lease) as [ColyseusLease, ColyseusLease];
    expect(await here.announce(process)).toBe(true);
  });
  afterEach(() => under.close());

  it('says where a process is reached, and nothing of one that nobody has announced', async () => {
    expect(await there.find('p1')).toBe('10.0.0.1:2567');
    expect(await there.find('p2')).toBeUndefined();
  });

  it('forgets one that withdraws, though its rooms still count', async () => {
    await here.withdraw();
    expect(await there.find('p1')).toBeUndefined();
    expect(await there.otherNodes()).toEqual([here.nodeId]);
  });

  it('forgets one whose lease has ended, and knows it again when it comes back', async () => {
    const [{ wire }] = under.nodes;
    wire.state = 'down';
    await expect.poll(() => there.find('p1'), { timeout: 3 * LEASE_MS }).toBeUndefined();
    wire.state = 'up';
    await expect.poll(() => there.find('p1'), { timeout: 3 * LEASE_MS }).toBe('10.0.0.1:2567');
  });

  it('writes itself down again after a crash of PostgreSQL has emptied it', async () => {
    await under.sql('truncate colyseus_node');
    await expect.poll(() => there.find('p1'), { timeout: 3 * LEASE_MS }).toBe('10.0.0.1:2567');
  });

  it('ends after the answer to whatever was asked of it, which nobody may be waiting for', async () => {
    const [{ wire, driver, presence }] = under.nodes;
    const order: string[] = [];
    const answer = wire.holdNextAnswer();
    void here.find('p1').then(() => order.push('answered'));
    const ended = Promise.all([driver.shutdown(), presence.shutdown()]).then(() => order.push('ended'));
    // Time enough for the end, if it did not wait.
    for (let round = 0; round < 200; round++) await under.sql('select 1');
    answer();
    await ended;
    expect(order).toEqual(['answered', 'ended']);
  });

  it('takes nobody of another family in while one of the first lives', async () => {
    const stranger = { processId: 'p2', address: '10.0.0.2:2567', family: 'theirs' };
    expect(await there.announce(stranger)).toBe(false);
    expect(await here.find('p2')).toBeUndefined();
    await here.withdraw();
    expect(await there.announce(stranger)).toBe(true);
  });

  it('takes one of another family in when each gets on with the other', async () => {
    const other = { processId: 'p2', address: '10.0.0.2:2567', family: 'theirs' };
    expect(await there.announce({ ...other, relatives: ['ours'] })).toBe(false);
    expect(await here.announce({ ...process, relatives: ['theirs'] })).toBe(true);
    expect(await there.announce(other)).toBe(false);
    expect(await there.announce({ ...other, relatives: ['older', 'ours'] })).toBe(true);
    expect(await here.find('p2')).toBe('10.0.0.2:2567');
  });
});
