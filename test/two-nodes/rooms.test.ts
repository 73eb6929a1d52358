import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { type Joined, type Person, person, personOf } from '../support/cast.ts';
import { joinAt, seatAt } from '../support/seats.ts';
import { apiOf } from '../support/server.ts';

let cluster: Cluster;
let one: string;
let two: string;
let alice: Person;
let bob: Person;
let carol: Person;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 2,
    leaseMs: 3_000,
    fsync: false,
    env: { ADMINS: 'root', POSITION_CHECK_MS: '300' },
  });
  [one, two] = cluster.nodes.map((node) => node.url) as [string, string];
  alice = await person(cluster.url, 'alice');
  bob = await person(cluster.url, 'bob');
  carol = await person(cluster.url, 'carol');
}, 300_000);
afterAll(() => cluster?.stop());

async function sql(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: cluster.postgres.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const processOf = (joined: Joined): string => new URL(joined.room.connection.url!).pathname.split('/')[1]!;

describe('a conversation that happens to have two rooms', () => {
  let group: string;
  let aliceIsIn: Joined;
  let bobIsIn: Joined;
  let carolIsIn: Joined;

  beforeAll(async () => {
    const { body } = await alice.api('POST', '/conversations', {
      kind: 'group',
      name: 'twice',
      members: [bob.id, carol.id],
    });
    group = body.id;
    aliceIsIn = await joinAt(one, alice, 'group', { id: group });
    // As after a partition: the directory has forgotten a room that lives.
    await sql('delete from colyseus_room');
    bobIsIn = await joinAt(two, bob, 'group', { id: group });
    carolIsIn = await joinAt(two, carol, 'group', { id: group });
  });

  it('has them on two nodes', () => {
    expect(processOf(aliceIsIn)).not.toBe(processOf(bobIsIn));
    expect(processOf(carolIsIn)).toBe(processOf(bobIsIn));
  });

  it('shows all messages in one order in both, none twice', async () => {
    const everybody = [aliceIsIn, bobIsIn, carolIsIn];
    const count = 40;
    await Promise.all(
      everybody.flatMap((each, who) =>
        Array.from({ length: count }, (_, index) => each.request('send', { text: `${who} says ${index}` })),
      ),
    );
    const seqs = Array.from({ length: 3 * count }, (_, index) => index + 1);
    for (const each of everybody) {
      await each.until(() => each.of('message').length >= seqs.length, 'all messages');
      expect(each.of('message').map(({ message }) => message.seq)).toEqual(seqs);
      expect(each.texts).toEqual(aliceIsIn.texts);
    }
  });

  it('shows the same members, how they are called, who is here, who types and what was read in both', async () => {
    await bobIsIn.request('typing', { on: true });
    await aliceIsIn.until(() => aliceIsIn.state.members.get(bob.id).typing, 'bob types');
    await bobIsIn.request('typing', { on: false });
    await bobIsIn.request('read', { seq: 100 });
    for (const node of [one, two]) {
      const displayName = `Bob of ${node}`;
      await apiOf(node, bob.token)('PATCH', '/me', { displayName });
      for (const joined of [aliceIsIn, bobIsIn])
        await joined.until(() => joined.state.members.get(bob.id).displayName === displayName, displayName);
    }
    await carolIsIn.room.leave();
    const picture = (joined: Joined): unknown => joined.state.toJSON().members;
    await aliceIsIn.until(() => !aliceIsIn.state.members.get(carol.id).online, 'carol away');
    await expect.poll(() => isDeepStrictEqual(picture(aliceIsIn), picture(bobIsIn))).toBe(true);
    expect(aliceIsIn.state.members.get(bob.id)).toMatchObject({ online: true, typing: false, readSeq: 100 });
  });

  it('takes newcomers into the one of the node that they ask, and into the one that the directory knows later', async () => {
    const again = await joinAt(one, carol, 'group', { id: group });
    expect(processOf(again)).toBe(processOf(aliceIsIn));
    await Promise.all([aliceIsIn, again].map(({ room }) => room.leave()));
    // The end of the forgotten room must not take the other one's entry with it.
    const seat = async (): Promise<string> => (await seatAt(one, alice, 'group', { id: group })).processId;
    await expect.poll(seat).toBe(processOf(bobIsIn));
    const back = await joinAt(one, alice, 'group', { id: group });
    expect(processOf(back)).toBe(processOf(bobIsIn));
    await Promise.all([back, bobIsIn].map(({ room }) => room.leave()));
  });
});

describe('a session that is ended on one node', () => {
  it('loses its sockets on the other within a second', async () => {
    const inbox = await joinAt(two, alice, 'inbox');
    const { body } = await apiOf(one)('POST', '/accounts/guest', { displayName: 'erin' });
    const erin = personOf(cluster.url, body);
    const erinsInbox = await joinAt(two, erin, 'inbox');
    const started = performance.now();
    expect(await apiOf(one, erin.token)('DELETE', '/sessions/current')).toMatchObject({ status: 204 });
    expect(await erinsInbox.left).toBe(4001);
    expect(performance.now() - started).toBeLessThan(1_000);
    await inbox.room.leave();
  });
});

describe('the monitor', () => {
  let headers: Record<string, string>;
  let onOne: Joined;
  let onTwo: Joined;

  beforeAll(async () => {
    const password = 'correct horse battery';
    const { body } = await apiOf(one)('POST', '/accounts', { username: 'root', password });
    headers = { Authorization: `Bearer ${body.accessToken}` };
    onOne = await joinAt(one, alice, 'dialog', { userId: carol.id });
    onTwo = await joinAt(two, bob, 'dialog', { userId: carol.id });
  });

  const ask = async (node: string, path: string): Promise<any> =>
    (await fetch(`${node}/monitor/api${path}`, { headers })).json();
  const call = (node: string, { room }: Joined, method: string, args: unknown[]): Promise<any> => {
    const query = new URLSearchParams({ roomId: room.roomId, method, args: JSON.stringify(args) });
    return ask(node, `/room/call?${query}`);
  };

  const listed = async (node: string): Promise<string[]> =>
    (await ask(node, '')).rooms.map(({ roomId }: { roomId: string }) => roomId);

  it('lists the rooms of all nodes from each', async () => {
    for (const node of [one, two]) {
      expect(await listed(node)).toEqual(expect.arrayContaining([onOne.room.roomId, onTwo.room.roomId]));
    }
  });

  it('looks into a room of another node', async () => {
    for (const [node, joined] of [
      [two, onOne],
      [one, onTwo],
    ] as const) {
      const seen = await ask(node, `/room?roomId=${joined.room.roomId}`);
      expect(seen).toMatchObject({ roomId: joined.room.roomId, state: { kind: 'dialog', memberCount: 2 } });
      expect(seen.clients).toHaveLength(1);
    }
  });

  it('kicks somebody out of a room of another node, and closes one', async () => {
    await call(one, onTwo, '_forceClientDisconnect', [onTwo.room.sessionId]);
    expect(await onTwo.left).toBe(4000);
    await call(two, onOne, 'disconnect', []);
    expect(await onOne.left).toBe(4000);
    for (const { room } of [onOne, onTwo]) {
      await expect.poll(() => listed(one)).not.toContain(room.roomId);
    }
  });
});
