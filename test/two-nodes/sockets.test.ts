import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { SPLICE_HEADER } from '../../src/http/splice.ts';
import { type Person, person } from '../support/cast.ts';
import { joinAt, seatAt, takeSeat } from '../support/seats.ts';

describe('a socket', () => {
  let cluster: Cluster;
  let one: string;
  let two: string;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2, fsync: false });
    [one, two] = cluster.nodes.map((node) => node.url) as [string, string];
    alice = await person(one, 'alice');
    // Everything that bob's SDK does by itself it does at the second node.
    bob = await person(two, 'bob');
  }, 300_000);
  afterAll(() => cluster?.stop());

  it('reaches the room wherever that is and whichever node was dialled', async () => {
    const aliceIsIn = await joinAt(one, alice, 'dialog', { userId: bob.id });
    const seat = await seatAt(two, bob, 'dialog', { userId: alice.id });
    expect(seat.processId).toBe(new URL(aliceIsIn.room.connection.url!).pathname.split('/')[1]);
    const bobIsIn = await takeSeat(bob, seat);

    await bobIsIn.request('send', { text: 'Hello from the other side' });
    await aliceIsIn.next('message');
    await aliceIsIn.request('send', { text: 'x'.repeat(8_000) });
    await bobIsIn.next('message', ({ message }) => message.text.length === 8_000);
    expect(aliceIsIn.texts).toEqual(bobIsIn.texts);
    expect(bobIsIn.state.members.get(alice.id).online).toBe(true);
    await aliceIsIn.until(() => aliceIsIn.state.members.get(bob.id).online, 'bob online');
    await Promise.all([aliceIsIn.room.leave(), bobIsIn.room.leave()]);
  });

  it('gets the refusal of the node that it was passed on to', async () => {
    const seat = await seatAt(one, alice, 'inbox');
    const guess = bob.client.consumeSeatReservation({ ...seat, sessionId: 'a-guess' });
    await expect(guess).rejects.toThrow('seat reservation expired');
  });

  it('is refused here when nobody knows the process that it asks for', async () => {
    const seat = await seatAt(two, bob, 'inbox');
    const nowhere = { ...seat, processId: 'nobody', roomId: 'nowhere' };
    await expect(bob.client.consumeSeatReservation(nowhere)).rejects.toThrow('seat reservation expired');
  });

  it('cannot pretend to be passed on by a node', async () => {
    const { processId, roomId, sessionId } = await seatAt(one, alice, 'inbox');
    const url = `${one.replace('http', 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`;
    for (const mark of ['', 'yes', `${Date.now() + 60_000}.c2lnbmVk`]) {
      expect(await statusOf(new WebSocket(url, { headers: { [SPLICE_HEADER]: mark } }))).toBe(403);
    }
    expect(await statusOf(new WebSocket(url))).toBe(101);
  });

  it('is refused for the moment while the node of its room hangs, and served again afterwards', async () => {
    const seat = await seatAt(one, alice, 'inbox');
    const [hanging] = cluster.nodes;
    await hanging!.kill();
    const { processId, roomId, sessionId } = seat;
    const url = `${two.replace('http', 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`;
    expect(await statusOf(new WebSocket(url))).toBe(503);
    await hanging!.start();
    const back = await joinAt(one, alice, 'inbox');
    await back.room.leave();
  });
});

/** What the upgrade was answered with. */
function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('upgrade', ({ statusCode }) => {
      resolve(statusCode!);
      socket.close();
    });
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode!));
    socket.once('error', reject);
  });
}
