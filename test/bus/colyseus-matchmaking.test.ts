import { matchMaker, Room } from '@colyseus/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ColyseusNodes, startNodes } from './colyseus-nodes.ts';
import { room } from './driver-conformance.ts';

/** Colyseus itself on top; its matchmaker is one per process, so the second node is played by hand. */
let under: ColyseusNodes;

class GroupRoom extends Room {
  override maxClients = 100;
}

beforeAll(async () => {
  under = await startNodes();
  const [{ driver, presence }] = under.nodes;
  await matchMaker.setup(presence, driver);
  matchMaker.defineRoomType('group', GroupRoom).filterBy(['conversation'] as never[]);
  await matchMaker.accept();
});

afterAll(async () => {
  await matchMaker.gracefullyShutdown();
  await under.close();
});

it('opens one room for all who ask for the same at once, and another for who asks for something else', async () => {
  const join = (conversation: string) => matchMaker.joinOrCreate('group', { conversation });
  const seats = await Promise.all([...Array.from({ length: 20 }, () => join('one')), join('two')]);
  const rooms = seats.map((seat) => seat.roomId);
  expect(new Set(rooms.slice(0, 20)).size).toBe(1);
  expect(rooms[20]).not.toBe(rooms[0]);
  const [, there] = under.nodes;
  expect(await there.driver.findOne({ conversation: 'one' })).toMatchObject({
    roomId: rooms[0],
    name: 'group',
  });
  expect(await there.presence.channels('p:*')).toEqual([`p:${matchMaker.processId}`]);
});

it('lists a room until it is disposed of', async () => {
  const [, there] = under.nodes;
  const { roomId } = await matchMaker.createRoom('group', { conversation: 'three' });
  const opened = matchMaker.getLocalRoomById(roomId) as Room;
  await opened.setMetadata({ topic: 'tea' });
  expect(await there.driver.findOne({ topic: 'tea' })).toMatchObject({ roomId });
  await opened.lock();
  expect(await there.driver.findOne({ roomId })).toMatchObject({ locked: true });
  await opened.disconnect();
  await expect.poll(() => there.driver.has(roomId)).toBe(false);
});

it('reserves a seat in a room of another node', async () => {
  const [, there] = under.nodes;
  await there.driver.insert(room('remote', { processId: 'p2' }));
  await there.presence.subscribe('$remote', ([method, id]) => {
    there.presence.publish(`ipc:${id}`, [0, method === '_reserveSeat']);
  });
  expect(await matchMaker.joinById('remote', {})).toMatchObject({ roomId: 'remote', processId: 'p2' });
});
